"""CORS for other sites, and security headers for every response."""

import re

from flask import Flask, Response, request

from chatapp.api.authentication import CSRF_HEADER, TOKEN_HEADER
from chatapp.api.request_log import REQUEST_ID
from chatapp.config import Settings
from chatapp.extensions import cors
from chatapp.security_headers import hardening


def init_app(app: Flask, settings: Settings) -> None:
    """Allows CORS with credentials for the configured origins only. Other origins get no CORS headers."""
    cors.init_app(
        app,
        origins=[_pattern(origin) for origin in settings.origins],
        supports_credentials=True,
        allow_headers=["Content-Type", "Authorization", TOKEN_HEADER, CSRF_HEADER],
        expose_headers=[TOKEN_HEADER, "Retry-After", REQUEST_ID],
        methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        max_age=600,
        send_wildcard=False,
        vary_header=True,
    )
    # The extension runs for every request, but adds nothing to a response to a request without an Origin.
    add_headers = app.after_request_funcs[None].pop()
    app.after_request(lambda response: add_headers(response) if "HTTP_ORIGIN" in request.environ else response)
    app.after_request(_harden)


def _pattern(origin: str) -> str:
    """The regular expression of an origin, for flask-cors. A trailing `:*` matches any port or none."""
    if origin.endswith(":*"):
        return "^" + re.escape(origin.removesuffix(":*")) + r"(:\d+)?$"
    return "^" + re.escape(origin) + "$"


def _harden(response: Response) -> Response:
    headers = response.headers
    known = {name.lower() for name, _ in headers}
    for name, value in hardening(is_json=response.mimetype == "application/json", is_secure=request.is_secure):
        if name.lower() not in known:
            headers.add(name, value)
    return response
