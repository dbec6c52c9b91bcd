"""Sign in, show who is signed in, sign out."""

from contextlib import AbstractContextManager, nullcontext

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from chatapp.actions import accounts
from chatapp.actions.accounts import Caller
from chatapp.api.authentication import attach_token, current_token, detach_token, make_token
from chatapp.api.current import current_journal
from chatapp.api.operation import operation
from chatapp.api.sign_in_delays import SignInDelays
from chatapp.config import Settings, is_loopback
from chatapp.errors import Forbidden, InvalidInput, MalformedRequest, TooManyAttempts, WrongCredentials
from chatapp.extensions import limiter
from chatapp.payloads import SignIn
from chatapp.shapes import SentenceShape, SignedInShape

blueprint = Blueprint("sessions", __name__)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["chatapp.settings"]
    return settings


def _attempt() -> str:
    """The key by which attempts are counted: address and username, so that nobody can lock out another user."""
    try:
        body = request.get_json(silent=True)
    except HTTPException:
        # The view refuses a body that is too large. The limiter would take an exception for a fault of its storage.
        body = None
    return f"{request.remote_addr} {body.get('username') if isinstance(body, dict) else ''}"


@blueprint.post("/login")
@limiter.shared_limit(
    lambda: _settings().sign_in_limit,
    # One count for all prefixes, since the route exists under each.
    scope="login",
    key_func=_attempt,
    exempt_when=lambda: _settings().sign_in == "username",
)
@operation(
    "Sign in",
    gives=SentenceShape,
    body=SignIn,
    needs_session=False,
    errors=(WrongCredentials, Forbidden, MalformedRequest, InvalidInput, TooManyAttempts),
)
def login(body: SignIn) -> Response:
    _require_trusted_network()
    with _counted(body):
        caller = accounts.sign_in(current_journal(), _settings(), body.username, body.password)
    return attach_token(jsonify(response=f"Signed in as {caller.username}."), make_token(caller))


def _counted(body: SignIn) -> AbstractContextManager[None]:
    """Makes failed sign-ins wait, where a password can be guessed."""
    if _settings().sign_in == "username" and not body.password:
        return nullcontext()
    delays: SignInDelays = current_app.extensions["chatapp.sign_in_delays"]
    return delays.attempt(body.username, request.remote_addr or "")


def _require_trusted_network() -> None:
    """Refuses username-only sign-in from other machines. Settings do not know the address if `flask run --host` or
    gunicorn's `-b` set it."""
    settings = _settings()
    if settings.sign_in == "username" and not (settings.trust_network or is_loopback(request.remote_addr or "")):
        raise Forbidden("Sign-in by name alone is for the machine that the server runs on.")


@blueprint.get("/loggedIn")
@operation("Who is signed in", gives=SignedInShape)
def logged_in(caller: Caller) -> Response:
    return attach_token(jsonify(username=caller.username), current_token())


@blueprint.post("/logout")
@operation("Sign out: the session ends, and its connections close", gives=SentenceShape)
def logout(caller: Caller) -> Response:
    accounts.sign_out(current_journal(), caller)
    return detach_token(jsonify(response="Signed out."))
