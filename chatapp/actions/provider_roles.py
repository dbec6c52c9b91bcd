"""The role that a provider of sign-in gives by a person's groups there."""

from sqlalchemy import select

from chatapp.actions.audit import Actor, record
from chatapp.actions.sessions import revoke_all
from chatapp.journal import Transaction
from chatapp.models import User
from chatapp.models.user import ADMINISTRATOR


def take_role(transaction: Transaction, user: User, role: str | None, actor: Actor) -> None:
    """Gives the user this role, at every sign-in by a provider that has roles; None is of one that has none. A new role
    ends the sessions of the former one.

    The last administrator stays one: a mistake in the groups would leave nobody who can mend it here.
    """
    if role is None or role == user.role or (user.role == ADMINISTRATOR and _is_last(transaction, user)):
        return
    user.role = role
    revoke_all(transaction, user.id)
    record(transaction, "role_changed", actor, user.username, role=role)


def _is_last(transaction: Transaction, user: User) -> bool:
    others = select(User.id).where(User.role == ADMINISTRATOR, User.is_active, User.id != user.id)
    return transaction.session.scalar(others.limit(1)) is None
