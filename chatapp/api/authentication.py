"""Authenticates HTTP requests: the token in a cookie or a header, its session, and protection against CSRF."""

import hmac
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, request
from flask_jwt_extended import create_access_token, set_access_cookies, unset_access_cookies
from werkzeug.http import parse_cookie

from chatapp.actions.sessions import Caller, find_caller
from chatapp.actions.usernames import is_name_of
from chatapp.api.current import current_journal
from chatapp.api.request_limit import count_request
from chatapp.bot_tokens import is_bot_token, session_id_of
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.errors import CrossSite, NotSignedIn
from chatapp.extensions import jwt
from chatapp.logs.current_request import note_user
from chatapp.logs.events import event
from chatapp.models.user import BOT
from chatapp.origins import is_allowed, same_origin
from chatapp.tokens import claims_of, signing_keys

log = logging.getLogger(__name__)

TOKEN_COOKIE = "chatToken"  # noqa: S105
TOKEN_HEADER = "auth-token"  # noqa: S105
CSRF_COOKIE = "XSRF-TOKEN"
CSRF_HEADER = "X-XSRF-TOKEN"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
HOST_PREFIX = "__Host-"
"""A browser takes a cookie of such a name only by TLS and from this very host: no other site of the domain can set one.
"""
ACCEPTED_TOKEN = "chatapp.token"  # noqa: S105
"""The environ's key for the token by which a request is signed in."""

_BEARER = re.compile(r"(?:^|,)\s*Bearer\s+([^\s,]+)")
"""The header may also hold other schemes: a browser sends a proxy's Basic authentication with every request."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A valid token with its claims and its caller. The token of a bot has no claims."""

    token: str
    claims: Mapping[str, Any]
    caller: Caller


def init_app(app: Flask, settings: Settings) -> None:
    """Configures Flask-JWT-Extended. Its CSRF check is off: ours also accepts an allowed origin, and answers 403."""
    app.config.update(
        JWT_ALGORITHM="HS256",
        JWT_TOKEN_LOCATION=["headers", "cookies"],
        JWT_ACCESS_COOKIE_NAME=TOKEN_COOKIE,
        JWT_ACCESS_TOKEN_EXPIRES=settings.token_seconds,
        # A clock that is set back, or that of another machine, signs nobody out: a token may be younger than the clock.
        # `claims_of` takes the end of a token exactly.
        JWT_DECODE_LEEWAY=settings.token_seconds,
        JWT_SESSION_COOKIE=False,
        JWT_COOKIE_SAMESITE="Lax",
        JWT_COOKIE_CSRF_PROTECT=True,
        JWT_ACCESS_CSRF_COOKIE_NAME=CSRF_COOKIE,
        JWT_ACCESS_CSRF_HEADER_NAME=CSRF_HEADER,
        JWT_CSRF_METHODS=[],
    )
    jwt.init_app(app)
    jwt.encode_key_loader(lambda _identity: signing_keys().current.secret)
    jwt.decode_key_loader(lambda headers, _claims: _secret_of(headers))


def require_caller(environ: dict[str, Any]) -> Caller:
    """The signed-in caller of a WSGI request. Raises NotSignedIn, CrossSite for a forgeable request,
    and TooManyRequests."""
    in_header = _token_in_header(environ)
    tokens = [in_header] if in_header else tokens_in_cookies(environ)
    found = signed_in_by(tokens, environ.get("REMOTE_ADDR", ""))
    # What counts is where the token was found. A browser also sends some headers by itself, on behalf of any site.
    if environ["REQUEST_METHOD"] not in SAFE_METHODS and not in_header:
        _require_own_site(found.claims)
    note_user(found.caller.user_id)
    count_request(found.caller.user_id)
    environ[ACCEPTED_TOKEN] = found.token
    return found.caller


def refuse_foreign_page(environ: dict[str, Any]) -> None:
    """Raises CrossSite for a state-changing request with cookies that a page of another site has made.

    The CSRF token alone does not tell them apart: cookies ignore ports, so a page of another service on this host can
    read it. Without an Origin, as from native clients, the token decides.
    """
    if environ["REQUEST_METHOD"] in SAFE_METHODS or "HTTP_COOKIE" not in environ:
        return
    origin: str = environ.get("HTTP_ORIGIN", "")
    if origin and not is_own_site(origin, environ) and not _token_in_header(environ):
        raise CrossSite("Pages of this origin may not call with cookies. CHATAPP_ORIGINS lists those that may.")


def signed_in_by(tokens: Sequence[str], address: str) -> SignedIn:
    """Signs in by the first token that has a valid session. Raises NotSignedIn, for the first token's reason."""
    refusals = []
    for token in tokens:
        try:
            return _signed_in_by(token, address)
        except NotSignedIn as error:
            refusals.append(error)
    raise refusals[0] if refusals else NotSignedIn("You are not signed in.")


def tokens_in_cookies(environ: dict[str, Any]) -> list[str]:
    """The tokens in the cookies, the installation's own first, and of those the one that no other site can have set.
    Another installation on the same host name may have set the one with the plain name."""
    try:
        found = parse_cookie(environ)
    except UnicodeDecodeError:
        return []  # no browser sends this
    own = own_cookie(TOKEN_COOKIE)
    tokens = [found[name] for name in (HOST_PREFIX + own, own, TOKEN_COOKIE) if found.get(name)]
    # A bot sends its token itself. One in a cookie was put there to have a browser act as the bot.
    return [token for token in tokens if not is_bot_token(token)]


def own_cookie(name: str) -> str:
    """A cookie's name that only this installation uses."""
    return f"{name}-{current_app.extensions['chatapp.installation']}"


def make_token(caller: Caller) -> str:
    """Returns a JWT with the username in `sub` and the session's id in `jti`. It expires with the session."""
    lifetime = caller.expires_at - now()
    token: str = create_access_token(
        caller.username,
        expires_delta=lifetime,
        additional_claims={"jti": caller.session_id},
        additional_headers={"kid": signing_keys().current.kid},
    )
    return token


def attach_token(response: Response, token: str) -> Response:
    """Sets the token as a header and a cookie, and the matching CSRF cookie. Each cookie is set under two names: the
    plain one, and the installation's own, which has the prefix `__Host-` where TLS is used."""
    set_access_cookies(response, token)
    lifetime = current_app.extensions["chatapp.settings"].token_seconds
    csrf = str(claims_of(token)["csrf"])
    prefix, secure = (HOST_PREFIX, True) if request.is_secure else ("", False)
    token_name, csrf_name = (prefix + own_cookie(name) for name in (TOKEN_COOKIE, CSRF_COOKIE))
    response.set_cookie(token_name, token, lifetime, httponly=True, samesite="Lax", secure=secure)
    response.set_cookie(csrf_name, csrf, lifetime, samesite="Lax", secure=secure)
    _secure_cookies(response)
    response.headers[TOKEN_HEADER] = token
    return response


def attach_new_session(response: Response, caller: Caller) -> Response:
    """As `attach_token`, for a session that has just begun, which is logged."""
    note_user(caller.user_id)
    log.info("A person has signed in.", extra=event("sign_in", user=caller.user_id, address=caller.address))
    return attach_token(response, make_token(caller))


def detach_token(response: Response) -> Response:
    """Clears the cookies, under every name that they may have been set by."""
    unset_access_cookies(response)
    for name in map(own_cookie, (TOKEN_COOKIE, CSRF_COOKIE)):
        response.delete_cookie(name, samesite="Lax")
        if request.is_secure:
            response.delete_cookie(HOST_PREFIX + name, samesite="Lax")
    _secure_cookies(response)
    return response


def current_token() -> str:
    """The token by which this request is signed in, as received."""
    token: str = request.environ[ACCEPTED_TOKEN]
    return token


def _secret_of(headers: Mapping[str, Any]) -> str:
    """The secret of the key that a token names. Raises NotSignedIn for one that is not accepted."""
    secret = signing_keys().secret_of(headers.get("kid"))
    if secret is None:
        raise NotSignedIn("Your session has expired. Please sign in again.")
    return secret


def _secure_cookies(response: Response) -> None:
    # The library sets `Secure` by the configuration only. Whether TLS is used depends on the request.
    if not request.is_secure:
        return
    cookies = response.headers.getlist("Set-Cookie")
    response.headers.setlist(
        "Set-Cookie", [cookie if "Secure" in cookie else cookie + "; Secure" for cookie in cookies]
    )


def _signed_in_by(token: str, address: str) -> SignedIn:
    if is_bot_token(token):
        return _bot_signed_in_by(token, address)
    claims = claims_of(token)
    caller = find_caller(current_journal(), str(claims["jti"]), address)
    if caller is None or not is_name_of(caller, str(claims["sub"])):
        raise NotSignedIn("Your session has ended. Please sign in again.")
    if caller.role == BOT:
        # A signed token may come in a cookie, by which a page makes a browser act.
        raise NotSignedIn("A bot is signed in by its own token alone.")
    return SignedIn(token, claims, caller)


def _bot_signed_in_by(token: str, address: str) -> SignedIn:
    bot = find_caller(current_journal(), session_id_of(token), address)
    if bot is None:
        raise NotSignedIn("This token is not valid, or no longer.")
    return SignedIn(token, {}, bot)


def _token_in_header(environ: dict[str, Any]) -> str:
    named: str = environ.get("HTTP_AUTH_TOKEN", "")
    if named:
        return named
    bearer = _BEARER.search(environ.get("HTTP_AUTHORIZATION", ""))
    return bearer.group(1) if bearer else ""


def _require_own_site(claims: Mapping[str, Any]) -> None:
    """Raises CrossSite unless the request carries the CSRF token (double submit) or an allowed origin. Another site can
    provide neither."""
    echoed = request.headers.get(CSRF_HEADER, "")
    if hmac.compare_digest(echoed.encode(), str(claims.get("csrf", "")).encode()) and echoed:
        return
    if not is_own_site(request.headers.get("Origin", ""), request.environ):
        raise CrossSite(f"Send the {CSRF_COOKIE} cookie's value in the {CSRF_HEADER} header.")


def is_own_site(origin: str, environ: dict[str, Any]) -> bool:
    """Whether an origin is this server's own, or on the list of those that may call."""
    settings: Settings = current_app.extensions["chatapp.settings"]
    return bool(origin) and (origin == same_origin(environ) or is_allowed(origin, settings.origins))
