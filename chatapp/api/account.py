"""The caller's own account: its sessions and its password."""

from dataclasses import replace

from flask import Blueprint, Response, jsonify

from chatapp.account_payloads import ChangePassword, ChangeUsername
from chatapp.account_serializers import listed_session
from chatapp.account_shapes import EndedSessionsShape, SessionsShape
from chatapp.actions import accounts, sessions, username_changes
from chatapp.actions.sessions import Caller
from chatapp.actions.system_permissions import MANAGE_OWN_ACCOUNT
from chatapp.api.authentication import attach_token, make_token
from chatapp.api.confirming import CONFIRMED, counted
from chatapp.api.current import current_journal, current_place, current_settings
from chatapp.api.operation import operation
from chatapp.errors import Forbidden, NotFound, PasswordCommon
from chatapp.shapes import SentenceShape
from chatapp.sign_in_errors import ManagedElsewhere, NameIsAccount, NameTaken, TooManyRenames

blueprint = Blueprint("account", __name__)


@blueprint.get("/sessions")
@operation("The caller's sessions, the last used first", permission=MANAGE_OWN_ACCOUNT, gives=SessionsShape)
def list_sessions(caller: Caller) -> SessionsShape:
    return {"sessions": [listed_session(one, caller) for one in sessions.list_sessions(caller.user_id)]}


@blueprint.delete("/sessions")
@operation("End all of the caller's sessions but this one", permission=MANAGE_OWN_ACCOUNT, gives=EndedSessionsShape)
def end_other_sessions(caller: Caller) -> EndedSessionsShape:
    return {"ended": sessions.end_other_sessions(current_journal(), caller)}


@blueprint.delete("/sessions/<session_id>")
@operation("End one of the caller's sessions", permission=MANAGE_OWN_ACCOUNT, gives=SentenceShape, errors=(NotFound,))
def end_session(caller: Caller, session_id: str) -> SentenceShape:
    sessions.end_session(current_journal(), caller, session_id)
    return {"response": "The session has ended."}


@blueprint.patch("/password")
@operation(
    "Change the caller's password: all of their sessions end, and a new one begins",
    permission=MANAGE_OWN_ACCOUNT,
    gives=SentenceShape,
    body=ChangePassword,
    errors=(*CONFIRMED, ManagedElsewhere, PasswordCommon),
)
def change_password(caller: Caller, body: ChangePassword) -> Response:
    with counted(caller):
        renewed = accounts.change_password(
            current_journal(), current_settings(), caller, body.current, body.password, current_place()
        )
    return attach_token(jsonify(response="The password is changed."), make_token(renewed))


@blueprint.patch("/username")
@operation(
    "Change the caller's username: their sessions go on",
    gives=SentenceShape,
    body=ChangeUsername,
    errors=(*CONFIRMED, Forbidden, ManagedElsewhere, NameIsAccount, TooManyRenames, NameTaken),
    permission=MANAGE_OWN_ACCOUNT,
)
def change_username(caller: Caller, body: ChangeUsername) -> Response:
    with counted(caller):
        username_changes.change_own_username(
            current_journal(), current_settings(), caller, body.username, body.password
        )
    renamed = replace(caller, username=body.username)
    return attach_token(jsonify(response=f"Your username is {body.username} now."), make_token(renamed))
