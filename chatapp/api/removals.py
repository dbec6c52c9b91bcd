"""Removing people: by an administrator, and by themselves."""

from flask import Blueprint

from chatapp.account_payloads import RemoveAccount
from chatapp.actions import removals
from chatapp.actions.confirmation import require_confirmation
from chatapp.actions.sessions import Caller
from chatapp.actions.system_permissions import MANAGE_OWN_ACCOUNT, REMOVE_PEOPLE, require
from chatapp.api.confirming import CONFIRMED, counted
from chatapp.api.current import current_journal, current_settings
from chatapp.api.operation import operation
from chatapp.errors import Forbidden, LastAdministrator, NotFound
from chatapp.shapes import SentenceShape
from chatapp.sign_in_errors import NameIsAccount

blueprint = Blueprint("removals", __name__)


@blueprint.post("/admin/people/<username>/removal")
@operation(
    "Remove somebody for good, and keep or delete their messages",
    gives=SentenceShape,
    body=RemoveAccount,
    errors=(*CONFIRMED, Forbidden, NotFound, LastAdministrator),
)
def remove_person(caller: Caller, username: str, body: RemoveAccount) -> SentenceShape:
    require(caller.role, REMOVE_PEOPLE)
    with counted(caller):
        require_confirmation(caller, body.password)
    removals.remove_person(current_journal(), caller.actor, username, erases=body.messages == "erase")
    return {"response": "The person is removed."}


@blueprint.post("/leave")
@operation(
    "Remove the caller's own account for good, and keep or delete their messages",
    gives=SentenceShape,
    body=RemoveAccount,
    errors=(*CONFIRMED, NameIsAccount, LastAdministrator),
    permission=MANAGE_OWN_ACCOUNT,
)
def leave(caller: Caller, body: RemoveAccount) -> SentenceShape:
    with counted(caller):
        removals.leave(current_journal(), current_settings(), caller, body.password, erases=body.messages == "erase")
    return {"response": "Your account is removed."}
