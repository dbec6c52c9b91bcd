"""What RFC 9112 forbids of requests, and the parser accepts."""

import re
from collections.abc import Sequence

from chatapp.errors import ChatError, MalformedRequest

ABSOLUTE = re.compile(rb"\Ahttps?://[^/?#]*", re.IGNORECASE)
"""The scheme and host of a request target in absolute form (section 3.2.2)."""


class Unreadable(Exception):
    """The bytes are not a request that the server can answer, or not now. `status` is the status of the response, and
    `error` its body."""

    def __init__(self, status: str, sentence: str, kind: type[ChatError] = MalformedRequest) -> None:
        super().__init__(sentence)
        self.status = status
        self.error = kind(sentence)


def check(method: str, target: bytes, version: str, headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Raises Unreadable."""
    if version not in ("1.0", "1.1"):
        raise Unreadable("505 HTTP Version Not Supported", "The version must be HTTP/1.0 or HTTP/1.1.")
    is_path = target.startswith(b"/") or ABSOLUTE.match(target) is not None
    if not is_path or b"#" in target or method == "CONNECT":
        raise Unreadable("400 Bad Request", "Only a path may be asked for.")  # section 3.2
    hosts = 0
    for name, value in headers:
        if name == b"host":
            hosts += 1
        elif name == b"transfer-encoding" and (value.lower() != b"chunked" or version == "1.0"):
            # Section 6.1. With version 1.0, a proxy may have seen the body end elsewhere: request smuggling.
            raise Unreadable("501 Not Implemented", "The only transfer coding is chunked, of HTTP/1.1.")
    if hosts > 1 or (hosts == 0 and version == "1.1"):
        raise Unreadable("400 Bad Request", "There must be one Host header.")  # section 3.2
