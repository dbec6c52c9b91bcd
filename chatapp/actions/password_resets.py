"""Links by which users choose a new password, made by an administrator or sent to them by e-mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from chatapp.actions.account_links import forget_links
from chatapp.actions.accounts import guessed_first
from chatapp.actions.administration import find_subject
from chatapp.actions.audit import Actor, record
from chatapp.actions.managed_accounts import require_own_password, require_own_password_of
from chatapp.actions.security_notices import tell_of_change
from chatapp.actions.sessions import Place, revoke_all
from chatapp.actions.standing import require_may_sign_in
from chatapp.actions.system_permissions import RESET_PASSWORDS, require
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.models import PasswordReset, User
from chatapp.passwords import hash_password, require_uncommon
from chatapp.random_secrets import hash_of, new_secret
from chatapp.sign_in_errors import ResetInvalid

LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class NewReset:
    """A link that was just made. Its secret is known here only, since a hash of it is stored."""

    secret: str
    expires_at: datetime


def add_reset(journal: Journal, actor: Actor, username: str) -> NewReset:
    """Makes a link, which replaces an earlier one. The password and the sessions stay until it is used.

    Raises Forbidden, NotFound, and ManagedElsewhere.
    """
    require(actor.role, RESET_PASSWORDS)
    require_own_password_of(username)

    def write(transaction: Transaction) -> NewReset:
        user = find_subject(transaction, actor, username, RESET_PASSWORDS)
        record(transaction, "password_reset_added", actor, username)
        return store_reset(transaction, user.id, LASTS)

    return journal.write(write)


def store_reset(transaction: Transaction, user_id: int, lasts: timedelta) -> NewReset:
    """Makes a link in the transaction. An earlier one serves no more."""
    secret, expires_at = new_secret(), now() + lasts
    transaction.session.execute(delete(PasswordReset).where(PasswordReset.user_id == user_id))
    transaction.session.add(PasswordReset(user_id=user_id, secret_hash=hash_of(secret), expires_at=expires_at))
    return NewReset(secret, expires_at)


def use_reset(journal: Journal, settings: Settings, secret: str, password: str, place: Place) -> None:
    """Sets the password of the link's user, and ends their sessions. The link serves once. It signs nobody in: that may
    need a second factor. It stays valid while the account is suspended.

    Raises ResetInvalid, PasswordCommon, AccountDeactivated, AccountSuspended, and ManagedElsewhere for a user whom the
    directory has taken over meanwhile.
    """
    # A hash costs 50 ms of a processor. Only who has a link may cause one.
    user_id = _user_of(secret)
    require_own_password(user_id)
    require_uncommon(password, *guessed_first(settings, user_id))
    password_hash = hash_password(password)

    def write(transaction: Transaction) -> None:
        used = transaction.session.execute(
            delete(PasswordReset)
            .where(PasswordReset.secret_hash == hash_of(secret), PasswordReset.expires_at > now())
            .returning(PasswordReset.user_id)
        )
        user = transaction.session.get(User, used.scalar() or 0)
        if user is None:
            raise _invalid()
        require_may_sign_in(transaction, user.id)
        user.password_hash = password_hash
        revoke_all(transaction, user.id)
        forget_links(transaction, user.id)
        tell_of_change(transaction, user.id, "password_changed")
        record(transaction, "password_reset", Actor(user.id, user.username, place.address), user.username)

    journal.write(write)


def _user_of(secret: str) -> int:
    """The id of the user whom the link is for. Raises ResetInvalid."""
    query = select(PasswordReset.user_id).where(
        PasswordReset.secret_hash == hash_of(secret), PasswordReset.expires_at > now()
    )
    user_id = db.session.scalar(query)
    db.session.remove()
    if user_id is None:
        raise _invalid()
    return user_id


def _invalid() -> ResetInvalid:
    return ResetInvalid("This link is not valid, or no longer.")
