"""Passkeys: sign in with one, and the caller's own."""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from chatapp.account_serializers import passkey as serialized
from chatapp.account_shapes import OptionsShape, PasskeyAnswerShape, PasskeysShape
from chatapp.actions import invites, passkeys
from chatapp.actions.confirmation import has_password, require_confirmation
from chatapp.actions.installation_settings import chosen
from chatapp.actions.sessions import Caller
from chatapp.actions.system_permissions import MANAGE_OWN_ACCOUNT
from chatapp.api.authentication import attach_new_session
from chatapp.api.confirming import CONFIRMED, counted
from chatapp.api.current import current_journal, current_place, current_settings
from chatapp.api.operation import operation
from chatapp.api.passkey_ceremonies import (
    adding_ceremony,
    credential_of,
    joining_ceremony,
    keep_browser,
    known_browser,
    signing_in_ceremony,
)
from chatapp.api.sign_in_delays import SignInDelays
from chatapp.api.sign_in_rules import require_trusted_network
from chatapp.errors import (
    Forbidden,
    InvalidInput,
    InviteInvalid,
    JoiningClosed,
    LimitReached,
    MalformedRequest,
    NotFound,
    TooManyAttempts,
)
from chatapp.passkey_payloads import (
    Confirmation,
    JoinOptions,
    NewPasskey,
    PasskeySignIn,
    RenamePasskey,
)
from chatapp.shapes import SentenceShape
from chatapp.sign_in_errors import ChallengeInvalid, LastWayIn, PasskeyInvalid, PasskeyRefused

blueprint = Blueprint("passkeys", __name__)


@blueprint.post("/passkeys/sign-in/options")
@operation(
    "What a browser is asked for a sign-in by passkey: the same for everybody",
    gives=OptionsShape,
    needs_session=False,
    errors=(MalformedRequest,),
)
def passkey_sign_in_options() -> Response:
    browser = known_browser()
    return keep_browser(_options(passkeys.sign_in_options(signing_in_ceremony(browser))), browser)


@blueprint.post("/passkeys/sign-in")
@operation(
    "Sign in with a passkey",
    gives=SentenceShape,
    body=PasskeySignIn,
    needs_session=False,
    errors=(PasskeyRefused, ChallengeInvalid, Forbidden, MalformedRequest, InvalidInput, TooManyAttempts),
)
def passkey_sign_in(body: PasskeySignIn) -> Response:
    require_trusted_network()
    delays: SignInDelays = current_app.extensions["chatapp.sign_in_delays"]
    with delays.attempt(f"passkey {body.credential.id}", request.remote_addr or ""):
        caller = passkeys.sign_in(
            current_journal(),
            current_settings(),
            signing_in_ceremony(),
            credential_of(body.credential),
            body.username,
            current_place(),
        )
    return attach_new_session(jsonify(response=f"Signed in as {caller.username}."), caller)


@blueprint.post("/passkeys/join/options")
@operation(
    "What a browser is asked to make the passkey of a new account",
    gives=OptionsShape,
    body=JoinOptions,
    needs_session=False,
    errors=(InviteInvalid, JoiningClosed, MalformedRequest, InvalidInput),
)
def passkey_join_options(body: JoinOptions) -> Response:
    settings = current_settings()
    invites.require_invite(chosen(settings).joining, body.invite)
    browser, full_name = known_browser(), f"{body.first_name} {body.last_name}".strip()
    ceremony = joining_ceremony(body.username, browser)
    options = passkeys.join_options(settings, ceremony, body.username, full_name)
    return keep_browser(_options(options), browser)


@blueprint.post("/passkeys/options")
@operation(
    "What a browser is asked to make a passkey of the caller",
    permission=MANAGE_OWN_ACCOUNT,
    gives=OptionsShape,
    body=Confirmation,
    errors=(*CONFIRMED, LimitReached),
)
def passkey_options(caller: Caller, body: Confirmation) -> Response:
    with counted(caller):
        require_confirmation(caller, body.password)
    return _options(passkeys.add_options(current_settings(), adding_ceremony(caller), caller))


@blueprint.post("/passkeys")
@operation(
    "Add a passkey to the caller's account",
    permission=MANAGE_OWN_ACCOUNT,
    gives=PasskeyAnswerShape,
    body=NewPasskey,
    errors=(PasskeyInvalid, ChallengeInvalid, LimitReached, MalformedRequest, InvalidInput),
)
def add_passkey(caller: Caller, body: NewPasskey) -> Response:
    credential = credential_of(body.credential)
    added = passkeys.add(current_journal(), adding_ceremony(caller), caller, body.name, credential)
    return jsonify(passkey=serialized(added))


@blueprint.get("/passkeys")
@operation("The caller's passkeys, the oldest first", permission=MANAGE_OWN_ACCOUNT, gives=PasskeysShape)
def list_passkeys(caller: Caller) -> PasskeysShape:
    listed = [serialized(one) for one in passkeys.list_passkeys(caller.user_id)]
    return {"passkeys": listed, "hasPassword": has_password(caller)}


@blueprint.patch("/passkeys/<passkey_id>")
@operation(
    "Rename one of the caller's passkeys",
    permission=MANAGE_OWN_ACCOUNT,
    gives=PasskeyAnswerShape,
    body=RenamePasskey,
    errors=(NotFound, MalformedRequest, InvalidInput),
)
def rename_passkey(caller: Caller, passkey_id: str, body: RenamePasskey) -> Response:
    return jsonify(passkey=serialized(passkeys.rename(current_journal(), caller, passkey_id, body.name)))


@blueprint.delete("/passkeys/<passkey_id>")
@operation(
    "Remove one of the caller's passkeys",
    permission=MANAGE_OWN_ACCOUNT,
    gives=SentenceShape,
    errors=(NotFound, LastWayIn),
)
def remove_passkey(caller: Caller, passkey_id: str) -> SentenceShape:
    passkeys.remove(current_journal(), current_settings(), caller, passkey_id)
    return {"response": "The passkey is removed."}


def _options(options: dict[str, Any]) -> Response:
    return jsonify(publicKey=options)
