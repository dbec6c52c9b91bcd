"""What other sites may do, and what browsers are told about every answer."""

import re

from flask import Flask, Response, request

from chatapp.api.authentication import CSRF_HEADER, TOKEN_HEADER
from chatapp.config import Settings
from chatapp.extensions import cors


def init_app(app: Flask, settings: Settings) -> None:
    """CORS with credentials for the configured origins only; others get no CORS headers at all."""
    cors.init_app(
        app,
        origins=[_pattern(origin) for origin in settings.origins],
        supports_credentials=True,
        allow_headers=["Content-Type", "Authorization", TOKEN_HEADER, CSRF_HEADER],
        expose_headers=[TOKEN_HEADER, "Retry-After"],
        methods=["GET", "POST", "OPTIONS"],
        max_age=600,
        send_wildcard=False,
        vary_header=True,
    )
    app.after_request(_harden)


def _pattern(origin: str) -> str:
    """flask-cors takes regular expressions; a trailing `:*` is any port or none."""
    if origin.endswith(":*"):
        return "^" + re.escape(origin.removesuffix(":*")) + r"(:\d+)?$"
    return "^" + re.escape(origin) + "$"


def _harden(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault(
        "Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
    )
    if response.mimetype == "application/json":
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
