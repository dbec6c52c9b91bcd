"""Before a change of how somebody signs in, they show once more who they are. A stolen session is not enough."""

from datetime import timedelta

from sqlalchemy import select

from chatapp.actions.sessions import Caller
from chatapp.clock import now
from chatapp.errors import ConfirmationRequired, WrongPassword
from chatapp.extensions import db
from chatapp.models import User
from chatapp.passwords import is_password

RECENT = timedelta(minutes=10)


def require_confirmation(caller: Caller, password: str | None) -> None:
    """Raises WrongPassword or ConfirmationRequired unless the password is right or, for an account without one, the
    session began in the last ten minutes."""
    password_hash = _password_hash(caller)
    if password_hash is None:
        if caller.began_at is None or now() - caller.began_at > RECENT:
            raise ConfirmationRequired("Please sign in again first.", by="sign-in")
    elif not password:
        raise ConfirmationRequired("Please enter your password.", by="password")
    elif not is_password(password, password_hash):
        raise WrongPassword("The password is wrong.")


def has_password(caller: Caller) -> bool:
    """Whether confirming takes the password."""
    return _password_hash(caller) is not None


def _password_hash(caller: Caller) -> str | None:
    found: str | None = db.session.scalar(select(User.password_hash).where(User.id == caller.user_id))
    db.session.remove()
    return found
