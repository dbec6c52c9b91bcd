"""Removing a person for good: by an administrator, by an operator, or by themselves.

The first transaction ends the account and erases what is personal. What takes time, leaving all conversations and
deleting the messages, follows in the steps of `removal_steps.py`.
"""

from sqlalchemy import select

from chatapp.actions.administration import find_subject, require_other_administrator
from chatapp.actions.audit import Actor, record
from chatapp.actions.confirmation import require_confirmation
from chatapp.actions.personal_data import erase_personal_data
from chatapp.actions.removal_steps import REMOVAL
from chatapp.actions.sessions import Caller, revoke_all
from chatapp.actions.system_permissions import REMOVE_PEOPLE
from chatapp.actions.username_changes import give_name
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.errors import InvalidInput
from chatapp.jobs import enqueue
from chatapp.journal import Journal, Transaction
from chatapp.models import Removal, User
from chatapp.notices import ProfileChanged
from chatapp.random_secrets import new_secret
from chatapp.sign_in_errors import NameIsAccount
from chatapp.username_rule import REMOVED_PREFIX


def remove_person(journal: Journal, actor: Actor, username: str, *, erases: bool) -> int:
    """Removes somebody else; with `erases`, their messages too. Returns the id of the user.

    Raises Forbidden, NotFound, InvalidInput for oneself, and LastAdministrator.
    """

    def write(transaction: Transaction) -> int:
        user = find_subject(transaction, actor, username, REMOVE_PEOPLE)
        if user.id == actor.user_id:
            raise InvalidInput("You leave by the settings of your account.", fields={"username": "is your own"})
        return _begin(transaction, actor, user, erases=erases)

    return journal.write(write)


def leave(journal: Journal, settings: Settings, caller: Caller, password: str | None, *, erases: bool) -> int:
    """Removes the caller; with `erases`, their messages too. Returns the id of the user.

    Raises NameIsAccount where people sign in by name, WrongPassword, ConfirmationRequired, DirectoryUnavailable and
    LastAdministrator.
    """
    if settings.sign_in != "password":
        raise NameIsAccount("People sign in by name here. An administrator removes accounts.")
    require_confirmation(caller, password)

    def write(transaction: Transaction) -> int:
        user = transaction.session.scalars(select(User).where(User.id == caller.user_id).with_for_update()).one()
        return _begin(transaction, caller.actor, user, erases=erases)

    return journal.write(write)


def _begin(transaction: Transaction, actor: Actor, user: User, *, erases: bool) -> int:
    """The row of the user is locked."""
    if user.removed_at is not None:
        return user.id
    require_other_administrator(transaction, user)
    record(transaction, "account_removed", actor, user.username, messages="erase" if erases else "keep")
    revoke_all(transaction, user.id)
    give_name(transaction, user, REMOVED_PREFIX + new_secret()[:16].lower(), is_own=False)
    user.removed_at = now()
    erase_personal_data(transaction, user)
    transaction.session.add(Removal(user_id=user.id, erases=erases, began_at=user.removed_at))
    enqueue(transaction, REMOVAL.name, {}, key=str(user.id))
    transaction.notices.append(ProfileChanged(user.id))
    return user.id
