"""Setting up a new installation by the link that the server printed."""

from flask import Blueprint, Response, jsonify

from chatapp.actions import setup
from chatapp.actions.accounts import NewUser
from chatapp.api.authentication import attach_new_session
from chatapp.api.current import current_journal, current_place, current_settings
from chatapp.api.operation import operation
from chatapp.api.sign_in_rules import address_limit, require_trusted_network
from chatapp.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    MalformedRequest,
    PasswordCommon,
    SetupInvalid,
    TooManyAttempts,
)
from chatapp.models.user import ADMINISTRATOR
from chatapp.setup_payloads import SetUp
from chatapp.shapes import SentenceShape

blueprint = Blueprint("setup", __name__)


@blueprint.post("/setup")
@address_limit("setup")
@operation(
    "Set up a new installation: make its first administrator, and sign in",
    gives=SentenceShape,
    body=SetUp,
    needs_session=False,
    errors=(SetupInvalid, Conflict, Forbidden, MalformedRequest, InvalidInput, PasswordCommon, TooManyAttempts),
)
def set_up(body: SetUp) -> Response:
    require_trusted_network()
    user = NewUser(body.username, body.first_name, body.last_name, role=ADMINISTRATOR)
    caller = setup.set_up(
        current_journal(),
        current_settings(),
        body.secret,
        user,
        body.password,
        body.system_name,
        body.joining,
        current_place(),
    )
    return attach_new_session(jsonify(response=f"Welcome, {caller.username}."), caller)
