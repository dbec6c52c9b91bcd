"""Make an account, by invitation or where everybody may."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify

from chatapp.account_shapes import InviteShape
from chatapp.actions import invites, passkeys
from chatapp.actions.accounts import NewUser
from chatapp.actions.installation_settings import chosen
from chatapp.actions.invites import Newcomer
from chatapp.api.authentication import attach_new_session
from chatapp.api.current import current_journal, current_place, current_settings
from chatapp.api.operation import operation
from chatapp.api.passkey_ceremonies import credential_of, joining_ceremony
from chatapp.api.sign_in_rules import address_limit, require_trusted_network
from chatapp.clock import to_iso
from chatapp.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    InviteInvalid,
    JoiningClosed,
    LimitReached,
    MalformedRequest,
    PasswordCommon,
    TooManyAttempts,
)
from chatapp.journal import Transaction
from chatapp.passkey_payloads import Join
from chatapp.payloads import InviteSecret
from chatapp.shapes import SentenceShape
from chatapp.sign_in_errors import ChallengeInvalid, PasskeyInvalid

blueprint = Blueprint("joining", __name__)


@blueprint.post("/invite")
@operation(
    "Whether an invitation is valid",
    gives=InviteShape,
    body=InviteSecret,
    needs_session=False,
    errors=(InviteInvalid, JoiningClosed, MalformedRequest, InvalidInput),
)
def check_invite(body: InviteSecret) -> Response:
    expires_at = invites.require_invite(chosen(current_settings()).joining, body.invite)
    return jsonify(expiresAt=to_iso(expires_at) if expires_at is not None else None)


@blueprint.post("/join")
@address_limit("join")
@operation(
    "Make an account, and sign in",
    gives=SentenceShape,
    body=Join,
    needs_session=False,
    errors=(
        InviteInvalid,
        JoiningClosed,
        LimitReached,
        Forbidden,
        Conflict,
        ChallengeInvalid,
        PasskeyInvalid,
        MalformedRequest,
        InvalidInput,
        PasswordCommon,
        TooManyAttempts,
    ),
)
def make_account(body: Join) -> Response:
    require_trusted_network()
    user = NewUser(body.username, body.first_name, body.last_name)
    newcomer = Newcomer(user, body.invite, body.password, _passkey_of(body))
    caller = invites.join(current_journal(), current_settings(), newcomer, current_place())
    return attach_new_session(jsonify(response=f"Welcome, {caller.username}."), caller)


def _passkey_of(body: Join) -> Callable[[Transaction, int], object] | None:
    if body.passkey is None:
        return None
    # Before the answer is verified, which costs more: only who is invited may cause that.
    invites.require_invite(chosen(current_settings()).joining, body.invite)
    return passkeys.checked(joining_ceremony(body.username), body.passkey.name, credential_of(body.passkey.credential))
