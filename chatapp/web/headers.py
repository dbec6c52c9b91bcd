"""The Content-Security-Policy of the client's page and files."""

import re
from urllib.parse import urlsplit

from flask import Response, current_app, request

ADDRESS = re.compile(r"[A-Za-z0-9.\-\[\]:]+")
"""What a host may look like before it is put into a header; anything else is left out."""


def socket_sources() -> list[str]:
    """Where the page may connect to besides its own API: the Socket.IO address, by HTTP and by WebSocket."""
    settings = current_app.extensions["chatapp.settings"]
    if settings.ws_url:
        address = urlsplit(settings.ws_url)
        return _both_schemes(address.netloc, secure=address.scheme == "https")
    if settings.has_one_address:
        return _both_schemes(request.host, secure=request.is_secure)
    name = re.sub(r":\d+$", "", request.host)
    return _both_schemes(f"{name}:{settings.ws_port}", secure=request.is_secure)


def add_security_policy(response: Response) -> Response:
    """Adds the page's own Content-Security-Policy. The other headers are those of every response."""
    response.headers["Content-Security-Policy"] = _policy()
    return response


def file_sources() -> list[str]:
    """Where downloads of files lead to besides the server itself: a redirect to a bucket is subject to the policy."""
    settings = current_app.extensions["chatapp.settings"]
    address = urlsplit(settings.s3_endpoint if settings.s3_bucket else "")
    return [f"{address.scheme}://{address.netloc}"] if ADDRESS.fullmatch(address.netloc) else []


def _policy() -> str:
    files = file_sources()
    connect = " ".join(["'self'", *socket_sources(), *files])
    shown = " ".join(["'self'", "blob:", *files])
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            # Files that are not sent yet and recordings are shown from the page's memory.
            f"img-src {shown}",
            f"media-src {shown}",
            "font-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            f"connect-src {connect}",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types chatapp dompurify",
        ]
    )


def _both_schemes(host: str, *, secure: bool) -> list[str]:
    if not ADDRESS.fullmatch(host):
        return []
    return [f"https://{host}", f"wss://{host}"] if secure else [f"http://{host}", f"ws://{host}"]
