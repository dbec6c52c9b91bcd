"""Accounts whose password and name are those of the directory. They are so while a directory is configured."""

from sqlalchemy import select

from chatapp.extensions import db
from chatapp.ldap.configured import configured_directory
from chatapp.models import ExternalIdentity, User
from chatapp.models.external_identity import DIRECTORY
from chatapp.sign_in_errors import ManagedElsewhere


def subject_of(user_id: int) -> str | None:
    """What names this user's entry in the directory; None for an account of this chat alone."""
    if configured_directory() is None:
        return None
    query = select(ExternalIdentity.subject).where(
        ExternalIdentity.user_id == user_id, ExternalIdentity.issuer == DIRECTORY
    )
    subject: str | None = db.session.scalar(query.limit(1))
    db.session.remove()
    return subject


def managed_by(user_id: int) -> str | None:
    """The name of the directory, for people, if it manages this account."""
    directory = configured_directory()
    return directory.label if directory is not None and subject_of(user_id) is not None else None


def is_directory_password(subject: str, password: str) -> bool:
    """Whether the password is that of the entry in the directory. Raises DirectoryUnavailable."""
    directory = configured_directory()
    return directory is not None and directory.confirms(subject, password)


def require_own_password(user_id: int) -> None:
    """Raises ManagedElsewhere for an account that has the directory's password, and so can have none of its own."""
    if (label := managed_by(user_id)) is not None:
        raise ManagedElsewhere(f"The password of this account is changed in {label}.", managedBy=label)


def require_own_password_of(username: str) -> None:
    """As `require_own_password`; a name that nobody has passes."""
    user_id = db.session.scalar(select(User.id).where(User.username == username))
    db.session.remove()
    if user_id is not None:
        require_own_password(user_id)
