"""Authenticates a connection by its token: from the `auth` payload, the handshake's query, a header or the cookie."""

from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from chatapp.actions.accounts import Caller, find_caller
from chatapp.api.authentication import TOKEN_COOKIE
from chatapp.errors import NotSignedIn
from chatapp.tokens import claims_of


def caller_of(environ: dict[str, Any], auth: Any) -> Caller:
    """The caller of the first token that is present. Raises NotSignedIn. Needs an app context."""
    token = _from_auth(auth) or _from_query(environ) or _from_headers(environ) or _from_cookie(environ)
    if not token:
        raise NotSignedIn("You are not signed in: the connection carries no token.")
    claims = claims_of(token)
    caller = find_caller(str(claims["jti"]))
    if caller is None or caller.username != claims["sub"]:
        raise NotSignedIn("Your session has ended. Please sign in again.")
    return caller


def _from_auth(auth: Any) -> str:
    token = auth.get("token") if isinstance(auth, dict) else None
    return token if isinstance(token, str) else ""


def _from_query(environ: dict[str, Any]) -> str:
    query = parse_qs(str(environ.get("QUERY_STRING", "")))
    return query.get("token", [""])[0]


def _from_headers(environ: dict[str, Any]) -> str:
    """Ignores credentials of other schemes, for example those of a proxy, so that the cookie is still used."""
    scheme, _, token = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
    return str(environ.get("HTTP_AUTH_TOKEN", "")) or (token.strip() if scheme.lower() == "bearer" else "")


def _from_cookie(environ: dict[str, Any]) -> str:
    """The cookie counts too: pages of other origins get no socket, so nobody else can make the browser send it."""
    try:
        found = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(TOKEN_COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
