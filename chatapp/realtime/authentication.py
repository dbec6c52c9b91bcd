"""Authenticates a connection by its token: from the `auth` payload, the handshake's query, a header or the cookie."""

from typing import Any
from urllib.parse import parse_qs

from chatapp.actions.sessions import Caller
from chatapp.api.authentication import signed_in_by, tokens_in_cookies
from chatapp.bot_tokens import is_bot_token
from chatapp.errors import NotSignedIn


def caller_of(environ: dict[str, Any], auth: Any) -> Caller:
    """The caller, by the first place that has a token. Raises NotSignedIn. Needs an app context.

    The cookie counts too: pages of other origins get no socket, so nobody else can make the browser send it.
    """
    token = _from_auth(auth) or _from_query(environ) or _from_headers(environ)
    tokens = [token] if token else tokens_in_cookies(environ)
    if not tokens:
        raise NotSignedIn("You are not signed in: the connection carries no token.")
    return signed_in_by(tokens, environ.get("REMOTE_ADDR", "")).caller


def _from_auth(auth: Any) -> str:
    token = auth.get("token") if isinstance(auth, dict) else None
    return token if isinstance(token, str) else ""


def _from_query(environ: dict[str, Any]) -> str:
    token = parse_qs(str(environ.get("QUERY_STRING", ""))).get("token", [""])[0]
    # Proxies write addresses into their logs, and the token of a bot may serve for years.
    return "" if is_bot_token(token) else token


def _from_headers(environ: dict[str, Any]) -> str:
    """Ignores credentials of other schemes, for example those of a proxy, so that the cookie is still used."""
    scheme, _, token = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
    return str(environ.get("HTTP_AUTH_TOKEN", "")) or (token.strip() if scheme.lower() == "bearer" else "")
