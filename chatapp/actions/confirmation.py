"""Before a change of how somebody signs in, they show once more who they are. A stolen session is not enough."""

from datetime import timedelta

from sqlalchemy import select

from chatapp.actions.managed_accounts import is_directory_password, subject_of
from chatapp.actions.sessions import Caller
from chatapp.clock import now
from chatapp.errors import ConfirmationRequired, WrongPassword
from chatapp.extensions import db
from chatapp.models import User
from chatapp.passwords import is_password

RECENT = timedelta(minutes=10)


def require_confirmation(caller: Caller, password: str | None) -> None:
    """Raises WrongPassword or ConfirmationRequired unless the password is right or, for an account without one, the
    session began in the last ten minutes. The password may be that of the directory, which may be unavailable: raises
    DirectoryUnavailable."""
    password_hash, subject = _password_hash(caller), subject_of(caller.user_id)
    if password_hash is None and subject is None:
        if caller.began_at is None or now() - caller.began_at > RECENT:
            raise ConfirmationRequired("Please sign in again first.", by="sign-in")
    elif not password:
        raise ConfirmationRequired("Please enter your password.", by="password")
    elif not (is_directory_password(subject, password) if subject else is_password(password, password_hash)):
        raise WrongPassword("The password is wrong.")


def has_password(caller: Caller) -> bool:
    """Whether confirming takes the password."""
    return _password_hash(caller) is not None or subject_of(caller.user_id) is not None


def _password_hash(caller: Caller) -> str | None:
    found: str | None = db.session.scalar(select(User.password_hash).where(User.id == caller.user_id))
    db.session.remove()
    return found
