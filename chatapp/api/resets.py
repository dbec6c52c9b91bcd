"""Choose a new password by a link that an administrator made."""

from flask import Blueprint

from chatapp.actions import password_resets
from chatapp.administration_payloads import ChoosePassword
from chatapp.api.current import current_journal, current_place, current_settings
from chatapp.api.operation import operation
from chatapp.api.sign_in_rules import address_limit, require_trusted_network
from chatapp.errors import Forbidden, InvalidInput, MalformedRequest, PasswordCommon, TooManyAttempts
from chatapp.shapes import SentenceShape
from chatapp.sign_in_errors import ManagedElsewhere, ResetInvalid

blueprint = Blueprint("resets", __name__)


@blueprint.post("/reset")
@address_limit("reset")
@operation(
    "Choose a new password by a link",
    gives=SentenceShape,
    body=ChoosePassword,
    needs_session=False,
    errors=(ResetInvalid, ManagedElsewhere, Forbidden, MalformedRequest, InvalidInput, PasswordCommon, TooManyAttempts),
)
def choose_password(body: ChoosePassword) -> SentenceShape:
    require_trusted_network()
    password_resets.use_reset(current_journal(), current_settings(), body.secret, body.password, current_place())
    return {"response": "The password is changed. Please sign in."}
