"""Sign in, show who is signed in, sign out."""

from contextlib import AbstractContextManager, nullcontext

from flask import Blueprint, Response, current_app, jsonify, request

from chatapp.account_shapes import SignedInShape
from chatapp.actions import sessions
from chatapp.actions.accounts import Credentials
from chatapp.actions.directory_accounts import sign_in
from chatapp.actions.sessions import Caller
from chatapp.actions.system_permissions import MANAGE_OWN_ACCOUNT
from chatapp.api.authentication import attach_new_session, attach_token, current_token, detach_token, make_token
from chatapp.api.current import SECOND_FACTOR, current_journal, current_key, current_place, current_settings
from chatapp.api.operation import operation
from chatapp.api.sign_in_delays import SignInDelays
from chatapp.api.sign_in_rules import attempt_limit, require_trusted_network
from chatapp.errors import Forbidden, InvalidInput, JoiningClosed, MalformedRequest, TooManyAttempts, WrongCredentials
from chatapp.payloads import SignIn
from chatapp.shapes import SentenceShape
from chatapp.sign_in_errors import (
    AccountDeactivated,
    DirectoryUnavailable,
    GroupRequired,
    SecondFactorRequired,
    WrongCode,
)
from chatapp.tokens import claims_of
from chatapp.username_rule import name_key

blueprint = Blueprint("sessions", __name__)


@blueprint.post("/login")
@attempt_limit
@operation(
    "Sign in",
    gives=SentenceShape,
    body=SignIn,
    needs_session=False,
    errors=(
        WrongCredentials,
        SecondFactorRequired,
        WrongCode,
        DirectoryUnavailable,
        GroupRequired,
        AccountDeactivated,
        JoiningClosed,
        Forbidden,
        MalformedRequest,
        InvalidInput,
        TooManyAttempts,
    ),
)
def login(body: SignIn) -> Response:
    require_trusted_network()
    given = Credentials(body.username, body.password, body.code)
    with _counted(body):
        caller = sign_in(current_journal(), current_settings(), current_key(SECOND_FACTOR), given, current_place())
    return attach_new_session(jsonify(response=f"Signed in as {caller.username}."), caller)


def _counted(body: SignIn) -> AbstractContextManager[None]:
    """Makes failed sign-ins wait, where a password can be guessed."""
    if current_settings().sign_in == "username" and not body.password:
        return nullcontext()
    delays: SignInDelays = current_app.extensions["chatapp.sign_in_delays"]
    return delays.attempt(name_key(body.username), request.remote_addr or "", has_code=bool(body.code))


@blueprint.get("/loggedIn")
@operation("Who is signed in", permission=MANAGE_OWN_ACCOUNT, gives=SignedInShape)
def logged_in(caller: Caller) -> Response:
    token = current_token()
    if claims_of(token)["sub"] != caller.username:
        token = make_token(caller)
    return attach_token(jsonify(username=caller.username, role=caller.role), token)


@blueprint.post("/logout")
@operation("Sign out: the session ends, and its connections close", permission=MANAGE_OWN_ACCOUNT, gives=SentenceShape)
def logout(caller: Caller) -> Response:
    sessions.sign_out(current_journal(), caller)
    return detach_token(jsonify(response="Signed out."))
