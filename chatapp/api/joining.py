"""Make an account, by invitation or where everybody may."""

from flask import Blueprint, Response, jsonify

from chatapp.actions import invites
from chatapp.actions.accounts import NewUser
from chatapp.actions.installation_settings import chosen
from chatapp.api.authentication import attach_token, make_token
from chatapp.api.current import current_journal, current_place, current_settings
from chatapp.api.operation import operation
from chatapp.api.sign_in_rules import join_limit, require_trusted_network
from chatapp.clock import to_iso
from chatapp.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    InviteInvalid,
    JoiningClosed,
    MalformedRequest,
    TooManyAttempts,
)
from chatapp.payloads import InviteSecret, Join
from chatapp.shapes import InviteShape, SentenceShape

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
@join_limit
@operation(
    "Make an account, and sign in",
    gives=SentenceShape,
    body=Join,
    needs_session=False,
    errors=(InviteInvalid, JoiningClosed, Forbidden, Conflict, MalformedRequest, InvalidInput, TooManyAttempts),
)
def make_account(body: Join) -> Response:
    require_trusted_network()
    user = NewUser(body.username, body.first_name, body.last_name)
    caller = invites.join(current_journal(), current_settings(), user, body.password, body.invite, current_place())
    return attach_token(jsonify(response=f"Welcome, {caller.username}."), make_token(caller))
