"""What administrators, moderators and operators do to the accounts of others. `system_permissions.py` says who may."""

from sqlalchemy import select

from chatapp.actions.account_links import forget_links
from chatapp.actions.audit import Actor, record
from chatapp.actions.guests import step_down
from chatapp.actions.managed_accounts import require_own_password_of
from chatapp.actions.security_notices import tell_of_change
from chatapp.actions.sessions import revoke_all
from chatapp.actions.standing import is_open
from chatapp.actions.system_permissions import (
    CHANGE_ROLES,
    CLOSE_ACCOUNTS,
    END_SESSIONS,
    RESET_PASSWORDS,
    require,
    require_over,
)
from chatapp.errors import LastAdministrator, NotFound
from chatapp.journal import Journal, Transaction
from chatapp.models import User
from chatapp.models.user import ADMINISTRATOR, GUEST
from chatapp.notices import ProfileChanged
from chatapp.passwords import hash_password, require_uncommon


def set_role(journal: Journal, actor: Actor, username: str, role: str) -> None:
    """Gives somebody a role in the whole system, and ends their sessions: what they have loaded and what their sockets
    hear belongs to the former role. Changes nothing if they have the role already.

    Raises Forbidden, NotFound and LastAdministrator.
    """

    def write(transaction: Transaction) -> None:
        user = find_subject(transaction, actor, username, CHANGE_ROLES)
        if user.role == role:
            return
        require_other_administrator(transaction, user)
        change_role(transaction, actor, user, role)

    journal.write(write)


def change_role(transaction: Transaction, actor: Actor, user: User, role: str) -> None:
    """Gives the user another role, ends their sessions, and tells others if they begin or cease to be a guest."""
    former, user.role = user.role, role
    revoke_all(transaction, user.id)
    if GUEST in (former, role):
        user.profile_revision += 1
        transaction.notices.append(ProfileChanged(user.id))
    if role == GUEST:
        step_down(transaction, user.id)
    record(transaction, "role_changed", actor, user.username, role=role, former=former)


def deactivate(journal: Journal, actor: Actor, username: str) -> None:
    """Deactivates the account and revokes its sessions. Its messages stay.

    Raises Forbidden, NotFound, and LastAdministrator.
    """

    def write(transaction: Transaction) -> None:
        user = find_subject(transaction, actor, username, CLOSE_ACCOUNTS)
        if not user.is_active:
            return
        require_other_administrator(transaction, user)
        user.is_active = False
        revoke_all(transaction, user.id)
        forget_links(transaction, user.id)
        record(transaction, "account_deactivated", actor, username)

    journal.write(write)


def reactivate(journal: Journal, actor: Actor, username: str) -> None:
    """Opens an account again. Raises Forbidden and NotFound."""

    def write(transaction: Transaction) -> None:
        user = find_subject(transaction, actor, username, CLOSE_ACCOUNTS)
        if not user.is_active:
            user.is_active = True
            record(transaction, "account_reactivated", actor, username)

    journal.write(write)


def set_password(journal: Journal, actor: Actor, username: str, password: str) -> None:
    """Sets the account's password and revokes its sessions. Raises Forbidden, NotFound, ManagedElsewhere and
    PasswordCommon."""
    require(actor.role, RESET_PASSWORDS)
    require_own_password_of(username)
    require_uncommon(password, username)
    password_hash = hash_password(password)

    def write(transaction: Transaction) -> None:
        user = find_subject(transaction, actor, username, RESET_PASSWORDS)
        user.password_hash = password_hash
        revoke_all(transaction, user.id)
        forget_links(transaction, user.id)
        tell_of_change(transaction, user.id, "password_changed")
        record(transaction, "password_reset", actor, username)

    journal.write(write)


def end_sessions_of(journal: Journal, actor: Actor, username: str) -> int:
    """Ends all sessions of a user. Returns how many they were. Raises Forbidden and NotFound."""

    def write(transaction: Transaction) -> int:
        user = find_subject(transaction, actor, username, END_SESSIONS)
        ended = revoke_all(transaction, user.id)
        if ended:
            record(transaction, "session_ended", actor, username, count=ended)
        return ended

    return journal.write(write)


def find_subject(transaction: Transaction, actor: Actor, username: str, action: str) -> User:
    """The user that the actor is about to do this to. Raises Forbidden and NotFound."""
    user = transaction.session.scalar(select(User).where(User.username == username).with_for_update())
    if user is not None and user.removed_at is not None:
        user = None
    if user is None:
        require_over(actor.role, "", action)
        raise NotFound("There is no such user.", username=username)
    require_over(actor.role, user.role, action)
    return user


def require_other_administrator(transaction: Transaction, user: User) -> None:
    """Raises LastAdministrator if the user is the only administrator who may sign in.

    Locks all of them, so that two who are taken out at once are not both taken for one of two.
    """
    if user.role != ADMINISTRATOR or not user.is_active:
        return
    query = select(User.id).where(User.role == ADMINISTRATOR, is_open()).order_by(User.id).with_for_update()
    if set(transaction.session.scalars(query)) <= {user.id}:
        raise LastAdministrator("The server needs an administrator.", username=user.username)
