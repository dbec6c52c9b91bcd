"""Which other sites may call with credentials: exact origins, and `scheme://host:*` for any port."""

from collections.abc import Iterable
from urllib.parse import urlsplit

LOOPBACK_ORIGINS = ("http://localhost:*", "http://127.0.0.1:*")
"""Allowed by default in username mode on loopback, where a development client runs on a port of its own."""


def parse_origins(text: str) -> tuple[str, ...]:
    """Splits a comma-separated list; raises ValueError for anything that is not `scheme://host[:port|:*]`. In lower
    case, as browsers send them."""
    found = tuple(part.strip().rstrip("/").lower() for part in text.split(",") if part.strip())
    for origin in found:
        parts = urlsplit(origin.removesuffix(":*"))
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or "*" in parts.netloc:
            raise ValueError
    return found


def is_allowed(origin: str | None, allowed: Iterable[str]) -> bool:
    """Whether a browser's Origin header names a site on the list. `null` (sandboxed frames, files) never does."""
    if not origin:
        return False
    return any(_matches(origin, one) for one in allowed)


def same_origin(environ: dict[str, object]) -> str:
    """The origin of the page that this very listener serves, as the request shows it."""
    return f"{environ.get('wsgi.url_scheme', 'http')}://{environ.get('HTTP_HOST', '')}"


def is_own_page(origin: str | None, environ: dict[str, object], http_port: int) -> bool:
    """Whether the page that opens a socket is this server's own: from this listener, or from the HTTP side's port on
    the same host name."""
    if not origin:
        return False
    own = same_origin(environ)
    if origin == own:
        return True
    try:
        name, page = urlsplit(own).hostname, urlsplit(origin)
        return bool(name) and page.hostname == name and page.port == http_port and page.scheme in ("http", "https")
    except ValueError:
        # Either may be anything: an address that never ends, a port that is none.
        return False


def _matches(origin: str, allowed: str) -> bool:
    if not allowed.endswith(":*"):
        return origin == allowed
    host = allowed.removesuffix(":*")
    port = origin.removeprefix(host)
    return origin.startswith(host) and (port == "" or (port[0] == ":" and port[1:].isascii() and port[1:].isdigit()))
