"""The caller's second factor: turn it on and off, and recovery codes."""

from flask import Blueprint, Response, jsonify, request

from chatapp.account_shapes import NewFactorShape, RecoveryCodesShape, SecondFactorShape
from chatapp.actions import second_factor
from chatapp.actions.sessions import Caller
from chatapp.actions.system_permissions import MANAGE_OWN_ACCOUNT
from chatapp.api.confirming import CONFIRMED, counted
from chatapp.api.current import SECOND_FACTOR, current_journal, current_key, current_settings
from chatapp.api.operation import operation
from chatapp.clock import to_iso
from chatapp.errors import (
    InvalidInput,
    MalformedRequest,
    NotFound,
)
from chatapp.passkey_payloads import Confirmation, SecondFactorCode
from chatapp.qr_codes import qr_code
from chatapp.shapes import SentenceShape
from chatapp.sign_in_errors import PasswordNeeded, SecondFactorOn

blueprint = Blueprint("second_factor", __name__)


@blueprint.get("/second-factor")
@operation("Whether the caller's second factor is on", permission=MANAGE_OWN_ACCOUNT, gives=SecondFactorShape)
def show_second_factor(caller: Caller) -> SecondFactorShape:
    state = second_factor.state_of(caller.user_id)
    since = to_iso(state.since) if state.since is not None else None
    return {"since": since, "recoveryCodesLeft": state.recovery_codes_left}


@blueprint.post("/second-factor")
@operation(
    "Make the secret of a second factor, which a code confirms",
    permission=MANAGE_OWN_ACCOUNT,
    gives=NewFactorShape,
    body=Confirmation,
    errors=(*CONFIRMED, PasswordNeeded, SecondFactorOn),
)
def begin_second_factor(caller: Caller, body: Confirmation) -> Response:
    key = current_key(SECOND_FACTOR)
    with counted(caller):
        made = second_factor.begin(current_journal(), current_settings(), key, caller, body.password, request.host)
    # White around and behind it, also in the dark theme: cameras look for dark on light.
    return jsonify(secret=made.secret, uri=made.uri, qrCode=qr_code(made.uri))


@blueprint.post("/second-factor/confirm")
@operation(
    "Turn the second factor on",
    permission=MANAGE_OWN_ACCOUNT,
    gives=RecoveryCodesShape,
    body=SecondFactorCode,
    errors=(NotFound, SecondFactorOn, MalformedRequest, InvalidInput),
)
def confirm_second_factor(caller: Caller, body: SecondFactorCode) -> Response:
    codes = second_factor.confirm(current_journal(), current_key(SECOND_FACTOR), caller, body.code)
    return jsonify(recoveryCodes=codes)


@blueprint.post("/second-factor/recovery-codes")
@operation(
    "Make new recovery codes in place of the old ones",
    permission=MANAGE_OWN_ACCOUNT,
    gives=RecoveryCodesShape,
    body=Confirmation,
    errors=(*CONFIRMED, NotFound),
)
def replace_recovery_codes(caller: Caller, body: Confirmation) -> Response:
    with counted(caller):
        codes = second_factor.replace_recovery_codes(current_journal(), caller, body.password)
    return jsonify(recoveryCodes=codes)


@blueprint.delete("/second-factor")
@operation(
    "Turn the second factor off",
    permission=MANAGE_OWN_ACCOUNT,
    gives=SentenceShape,
    body=Confirmation,
    errors=(*CONFIRMED, NotFound),
)
def turn_off_second_factor(caller: Caller, body: Confirmation) -> SentenceShape:
    with counted(caller):
        second_factor.turn_off(current_journal(), caller, body.password)
    return {"response": "The second factor is off."}
