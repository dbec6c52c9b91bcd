"""HTTP/1.1 requests as WSGI wants them (PEP 3333). What is on the wire is read by httptools: llhttp, Node's parser."""

import io
import re
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

import httptools

LARGEST_HEAD_BYTES = 65_536
LARGEST_BODY_BYTES = 1_048_576
"""Kept in memory until the application is called. Of a larger one it gets the length and nothing else, to refuse it."""

KEPT_NAMES = 256
"""Header names whose environ keys are remembered."""

_ABSOLUTE = re.compile(rb"https?://[^/?#]*", re.IGNORECASE)
"""What stands before the path in a request to a proxy (RFC 9112 section 3.2.2)."""


class Unreadable(Exception):
    """What came is no request that can be answered as one. `status` is what is answered instead."""

    def __init__(self, status: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


@dataclass(slots=True)
class Request:
    """One request, all of which has arrived. `is_last`: the connection carries no other."""

    method: str
    target: bytes
    version: str
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""
    is_last: bool = False
    is_too_large: bool = False

    def environ(self, base: dict[str, Any]) -> dict[str, Any]:
        """The WSGI environ, on top of what is the same for every request of the connection."""
        path, _, query = _ABSOLUTE.sub(b"", self.target, count=1).partition(b"?")
        environ = base.copy()
        environ["REQUEST_METHOD"] = self.method
        environ["SERVER_PROTOCOL"] = "HTTP/" + self.version
        environ["PATH_INFO"] = (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1") or "/"
        environ["QUERY_STRING"] = query.decode("latin-1")
        environ["wsgi.input"] = io.BytesIO(self.body)
        for name, value in self.headers:
            key = _KEYS.get(name) or _key(name)
            if key in environ and key:
                environ[key] += ("; " if key == "HTTP_COOKIE" else ",") + value.decode("latin-1")
            elif key:
                environ[key] = value.decode("latin-1")
        if self.body and not self.is_too_large:
            # Of a chunked one as well: it is all here.
            environ["CONTENT_LENGTH"] = str(len(self.body))
        return environ


_KEYS: dict[bytes, str] = {}


def _key(name: bytes) -> str:
    """What a header is called in an environ; nothing for one with an underscore, which could pass for another."""
    if b"_" in name:
        return ""
    key = name.decode("latin-1").upper().replace("-", "_")
    if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        key = "HTTP_" + key
    if len(_KEYS) < KEPT_NAMES:
        _KEYS[name] = key
    return key


class RequestReader:
    """The requests of one connection. `ready` holds those that have arrived."""

    def __init__(self) -> None:
        self.ready: deque[Request] = deque()
        self.behind = b""
        """What came behind a request that wants to switch protocols."""
        self.expects_continue = False
        """Whether the client waits for leave to send its body (RFC 9110 section 10.1.1)."""
        self.is_between = True
        """Whether nothing of a next request has come."""
        self._parser: Any = httptools.HttpRequestParser(self)
        self._request: Request | None = None
        self._head_bytes = 0
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._body_bytes = 0

    def feed(self, data: bytes) -> None:
        """Takes what came. Raises Unreadable."""
        if self._request is None:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self.behind = data[upgrade.args[0] :]
        except httptools.HttpParserError:
            raise Unreadable("400 Bad Request", "This is no HTTP request.") from None
        if self._request is None and self._head_bytes > LARGEST_HEAD_BYTES:
            raise Unreadable("431 Request Header Fields Too Large", "The headers are too large.")

    def on_message_begin(self) -> None:
        self.is_between = False
        self._url, self._headers, self._body, self._body_bytes = b"", [], [], 0

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        parser = self._parser
        is_last = not parser.should_keep_alive() or parser.should_upgrade()
        version = parser.get_http_version()
        self._request = Request(parser.get_method().decode("latin-1"), self._url, version, self._headers, b"", is_last)
        self._head_bytes = 0
        if version == "1.1" and not any(name == b"host" for name, _ in self._headers):
            # RFC 9112 section 3.2; whatever is raised here is a parser's error to who feeds.
            raise ValueError("There is no Host header.")
        for name, value in self._headers:
            if name == b"content-length" and int(value) > LARGEST_BODY_BYTES:
                self._too_large(self._request)
            elif name == b"expect" and version == "1.1":
                self.expects_continue = value.lower() == b"100-continue"

    def on_body(self, body: bytes) -> None:
        request = self._request
        if request is None or request.is_too_large:
            return
        self._body_bytes += len(body)
        if self._body_bytes > LARGEST_BODY_BYTES:
            # Chunked, so that nothing said how long it would be.
            request.headers.append((b"content-length", b"%d" % self._body_bytes))
            self._too_large(request)
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        request, self._request = self._request, None
        self.expects_continue = False
        self.is_between = True
        if request is not None and not request.is_too_large:
            request.body = b"".join(self._body)
            self.ready.append(request)

    def _too_large(self, request: Request) -> None:
        """It is answered at once; what still comes of it is not kept."""
        request.is_too_large = request.is_last = True
        self.ready.append(request)
