"""Choose a new password by a link that an administrator made."""

from flask import Blueprint, Response, jsonify

from chatapp.actions import password_resets
from chatapp.administration_payloads import ChoosePassword
from chatapp.api.authentication import attach_token, make_token
from chatapp.api.current import current_journal, current_place, current_settings
from chatapp.api.operation import operation
from chatapp.api.sign_in_rules import join_limit, require_trusted_network
from chatapp.errors import Forbidden, InvalidInput, MalformedRequest, ResetInvalid, TooManyAttempts
from chatapp.shapes import SentenceShape

blueprint = Blueprint("resets", __name__)


@blueprint.post("/reset")
@join_limit
@operation(
    "Choose a new password by a link, and sign in",
    gives=SentenceShape,
    body=ChoosePassword,
    needs_session=False,
    errors=(ResetInvalid, Forbidden, MalformedRequest, InvalidInput, TooManyAttempts),
)
def choose_password(body: ChoosePassword) -> Response:
    require_trusted_network()
    caller = password_resets.use_reset(
        current_journal(), current_settings(), body.secret, body.password, current_place()
    )
    return attach_token(jsonify(response=f"Welcome, {caller.username}."), make_token(caller))
