"""Where messages for browsers may be sent to. A client gives the address, and must not make the server call others."""

import socket
from urllib.parse import urlsplit

from chatapp.origins import is_allowed
from chatapp.previews.guard import Refused, connect, target_of, with_tls


class PushAddresses:
    """Push services on the internet, by https, and those whose origins a setting allows."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        self._allowed = allowed

    def check(self, endpoint: str) -> None:
        """Raises Refused for an address that is never called. What a name stands for is checked at each call."""
        if not self._is_allowed(endpoint) and target_of(endpoint).scheme != "https":
            raise Refused("a push service is called by https")

    def connect(self, endpoint: str, seconds: float) -> socket.socket:
        """A connection to the push service of an endpoint. `seconds` limit each step. Raises Refused and OSError."""
        self.check(endpoint)
        if not self._is_allowed(endpoint):
            return connect(target_of(endpoint), seconds)
        parts = urlsplit(endpoint)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        made = socket.create_connection((str(parts.hostname), port), seconds)
        if parts.scheme == "http":
            return made
        return with_tls(made, str(parts.hostname))

    def _is_allowed(self, endpoint: str) -> bool:
        try:
            return is_allowed(origin_of(endpoint), self._allowed)
        except ValueError:
            raise Refused("the address cannot be read") from None


def origin_of(endpoint: str) -> str:
    """The origin of an endpoint, as RFC 8292 names the audience of a token. Raises ValueError."""
    parts = urlsplit(endpoint)
    port = parts.port
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    is_usual = port in (None, {"http": 80, "https": 443}.get(parts.scheme))
    return f"{parts.scheme}://{host}" if is_usual else f"{parts.scheme}://{host}:{port}"
