"""Links that were sent or given to somebody and act on their account, and the address that such links are sent to."""

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from chatapp.actions.audit import Actor, record
from chatapp.errors import Conflict
from chatapp.journal import Transaction
from chatapp.models import EmailVerification, PasswordReset, User


def forget_links(transaction: Transaction, user_id: int) -> None:
    """Ends the links for a new password and for another address. Somebody else may have asked for them, before the
    account was taken back from them."""
    transaction.session.execute(delete(PasswordReset).where(PasswordReset.user_id == user_id))
    transaction.session.execute(delete(EmailVerification).where(EmailVerification.user_id == user_id))


def replace_email(transaction: Transaction, user: User, email: str | None, actor: Actor) -> None:
    """Gives the account another verified address, or none, and ends the links that were sent to the former one. Raises
    Conflict if another account has the address."""
    forget_links(transaction, user.id)
    record(transaction, "email_changed", actor, user.username)
    user.email = email
    try:
        transaction.session.flush()
    except IntegrityError as error:
        raise Conflict("Another account has this e-mail address.") from error
