"""The cookie that binds a sign-in by a provider to the browser that began it.

Without it an attacker could have somebody else's browser finish the attacker's own sign-in (login CSRF), or finish in
their browser what another one began. It is signed, lasts some minutes, and comes along with the provider's redirect,
since that is a navigation (SameSite=Lax).
"""

import hmac
import secrets
from dataclasses import asdict, dataclass

from flask import Response, request
from itsdangerous import BadData, URLSafeTimedSerializer

from chatapp.api.authentication import cookie_path, own_cookie, secure_prefix
from chatapp.sign_in_errors import SignInExpired
from chatapp.tokens import signing_keys

NAME = "chatSignIn"
LIFETIME_SECONDS = 600
RANDOM_BYTES = 32
"""RFC 7636 section 4.1 asks for 256 bits in a code verifier."""


@dataclass(frozen=True, slots=True)
class BegunSignIn:
    """One sign-in by a provider, from its start to the provider's redirect."""

    provider: str
    state: str
    nonce: str
    verifier: str
    invite: str | None


def begin(provider: str, invite: str | None) -> BegunSignIn:
    state, nonce, verifier = (secrets.token_urlsafe(RANDOM_BYTES) for _ in range(3))
    return BegunSignIn(provider, state, nonce, verifier, invite)


def attach(response: Response, begun: BegunSignIn) -> Response:
    """A sign-in that was begun before in this browser can no longer end."""
    value = _serializer().dumps(asdict(begun))
    is_secure, path = request.is_secure, cookie_path()
    response.set_cookie(_name(), value, LIFETIME_SECONDS, path=path, httponly=True, samesite="Lax", secure=is_secure)
    return response


def detach(response: Response) -> Response:
    response.delete_cookie(_name(), path=cookie_path(), httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def require_begun(provider: str, state: str) -> BegunSignIn:
    """What this browser began. Raises SignInExpired for any other state, provider or browser."""
    try:
        begun = BegunSignIn(**_serializer().loads(request.cookies.get(_name(), ""), max_age=LIFETIME_SECONDS))
    except BadData:
        raise _expired() from None
    if begun.provider != provider or not hmac.compare_digest(begun.state.encode(), state.encode()):
        raise _expired()
    return begun


def _expired() -> SignInExpired:
    return SignInExpired("This sign-in was not begun in this browser, or too long ago. Please sign in again.")


def _name() -> str:
    return (secure_prefix() if request.is_secure else "") + own_cookie(NAME)


def _serializer() -> URLSafeTimedSerializer:
    ring = signing_keys()
    # The last one signs.
    keys = [secret for kid in reversed(ring.accepted) if (secret := ring.secret_of(kid))]
    return URLSafeTimedSerializer(keys, salt="chatapp sign-in by a provider")
