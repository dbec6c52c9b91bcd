"""Whether an account may sign in. `begin_session` asks here, whatever the user has shown who they are by."""

from sqlalchemy import ColumnElement, or_, select

from chatapp.actions.system_permissions import MANAGE_OWN_ACCOUNT, require
from chatapp.clock import now, to_iso
from chatapp.journal import Transaction
from chatapp.models import Suspension, User
from chatapp.sign_in_errors import AccountDeactivated, AccountSuspended


def require_may_sign_in(transaction: Transaction, user_id: int) -> None:
    """Raises Forbidden for a bot, AccountDeactivated and AccountSuspended."""
    require_open(transaction, user_id)
    require(transaction.session.get_one(User, user_id).role, MANAGE_OWN_ACCOUNT)


def require_open(transaction: Transaction, user_id: int) -> None:
    """Raises AccountDeactivated and AccountSuspended. A suspension that has run out ends here.

    The row of the user is locked: a session that begins while the account is closed is either refused or ended.
    """
    is_active = select(User.is_active).where(User.id == user_id).with_for_update(key_share=True)
    if not transaction.session.scalars(is_active).one():
        raise AccountDeactivated("This account was closed by whoever runs this server.")
    suspension = transaction.session.get(Suspension, user_id, populate_existing=True)
    if suspension is None:
        return
    if suspension.until is None:
        raise AccountSuspended("This account is banned.", until=None)
    if suspension.until > now():
        until = to_iso(suspension.until)
        raise AccountSuspended(f"This account is suspended until {until}.", until=until)
    transaction.session.delete(suspension)


def is_open() -> ColumnElement[bool]:
    """The condition that an account is neither deactivated nor suspended."""
    in_force = or_(Suspension.until.is_(None), Suspension.until > now())
    return User.is_active & ~select(Suspension.user_id).where(Suspension.user_id == User.id, in_force).exists()
