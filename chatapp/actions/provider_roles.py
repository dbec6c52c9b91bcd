"""The role that a provider of sign-in gives by a person's groups there."""

from chatapp.actions.administration import change_role, require_other_administrator
from chatapp.actions.audit import Actor
from chatapp.errors import LastAdministrator
from chatapp.journal import Transaction
from chatapp.models import User


def take_role(transaction: Transaction, user: User, role: str | None, actor: Actor) -> None:
    """Gives the user this role, at every sign-in by a provider that has roles; None is of one that has none. A new role
    ends the sessions of the former one.

    The last administrator stays one: a mistake in the groups would leave nobody who can mend it here.
    """
    if role is None or role == user.role:
        return
    try:
        require_other_administrator(transaction, user)
    except LastAdministrator:
        return
    change_role(transaction, actor, user, role)
