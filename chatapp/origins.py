"""Origins of other sites that may call with credentials: exact ones, and `scheme://host:*` for any port."""

from collections.abc import Iterable
from urllib.parse import urlsplit

LOOPBACK_ORIGINS = ("http://localhost:*", "http://127.0.0.1:*")
"""Allowed by default in username mode on loopback, where a development client runs on its own port."""


def parse_origins(text: str) -> tuple[str, ...]:
    """Splits a comma-separated list into origins in lower case, as browsers send them.

    Raises ValueError for anything that is not `scheme://host[:port|:*]`.
    """
    origins = tuple(part.strip().rstrip("/").lower() for part in text.split(",") if part.strip())
    for origin in origins:
        parts = urlsplit(origin.removesuffix(":*"))
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or "*" in parts.netloc:
            raise ValueError
    return origins


def is_allowed(origin: str | None, allowed: Iterable[str]) -> bool:
    """Whether a browser's Origin header names a site on the list. `null` (sandboxed frames, files) never matches."""
    if not origin:
        return False
    return any(_matches(origin, pattern) for pattern in allowed)


def same_origin(environ: dict[str, object]) -> str:
    """The origin of this listener's own page, derived from the request."""
    return f"{environ.get('wsgi.url_scheme', 'http')}://{environ.get('HTTP_HOST', '')}"


def is_own_page(origin: str | None, environ: dict[str, object], http_port: int) -> bool:
    """Whether the page that opens a socket is this server's own.

    Such a page comes from this listener, or from `http_port` on the same host name.
    """
    if not origin:
        return False
    own = same_origin(environ)
    if origin == own:
        return True
    try:
        name, page = urlsplit(own).hostname, urlsplit(origin)
        return bool(name) and page.hostname == name and page.port == http_port and page.scheme in ("http", "https")
    except ValueError:
        # Both headers are the client's input: an IPv6 address without its bracket, a port that is not a number.
        return False


def _matches(origin: str, pattern: str) -> bool:
    if not pattern.endswith(":*"):
        return origin == pattern
    host = pattern.removesuffix(":*")
    port = origin.removeprefix(host)
    return origin.startswith(host) and (port == "" or (port[0] == ":" and port[1:].isascii() and port[1:].isdigit()))
