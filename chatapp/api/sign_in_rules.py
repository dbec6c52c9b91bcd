"""What applies to every request that begins a session: from where it may come, and how often."""

from collections.abc import Callable
from typing import Any

from flask import request
from werkzeug.exceptions import HTTPException

from chatapp.api.current import current_settings
from chatapp.errors import Forbidden
from chatapp.extensions import limiter
from chatapp.loopback import is_loopback
from chatapp.payload_fields import NAME_CHARACTERS
from chatapp.username_rule import name_key


def _attempt() -> str:
    """The key by which attempts are counted: address and username, so that nobody can lock out another user. Spellings
    of one name are counted together."""
    try:
        body = request.get_json(silent=True)
    except HTTPException:
        # The view refuses a body that is too large. The limiter would take an exception for a fault of its storage.
        body = None
    username = str(body.get("username")) if isinstance(body, dict) else ""
    # Not of a text of any length: to order its combining characters takes the square of it.
    return f"{request.remote_addr} {name_key(username[:NAME_CHARACTERS])}"


attempt_limit = limiter.shared_limit(
    lambda: current_settings().sign_in_limit,
    # One count for all prefixes, since the route exists under each.
    scope="login",
    key_func=_attempt,
    exempt_when=lambda: current_settings().sign_in == "username",
)
"""Decorates a view: beyond `CHATAPP_SIGN_IN_LIMIT` it answers TooManyAttempts."""


def address_limit(scope: str) -> Callable[[Any], Any]:
    """As `attempt_limit`, by address alone: whoever makes accounts uses a new name each time, and a link names nobody.
    Attempts of each scope are counted apart."""
    limit = limiter.shared_limit(
        lambda: current_settings().sign_in_limit, scope=scope, key_func=lambda: request.remote_addr or ""
    )
    decorate: Callable[[Any], Any] = limit
    return decorate


def require_trusted_network() -> None:
    """Refuses username-only sign-in from other machines. Settings do not know the address if `flask run --host` or
    gunicorn's `-b` set it."""
    settings = current_settings()
    if settings.sign_in == "username" and not (settings.trust_network or is_loopback(request.remote_addr or "")):
        raise Forbidden("Sign-in by name alone is for the machine that the server runs on.")
