"""Setting up a new installation: whoever has the link from the server's log makes the first account."""

import hmac

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chatapp.actions.accounts import NewUser, insert_users
from chatapp.actions.audit import Actor, record
from chatapp.actions.installation_settings import (
    JOINING,
    SETUP_SECRET_HASH,
    SYSTEM_NAME,
    Joining,
    store_value,
)
from chatapp.actions.sessions import Caller, Place, begin_session
from chatapp.config import Settings
from chatapp.errors import SetupInvalid
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.models import InstallationSetting, User
from chatapp.passwords import hash_password, require_uncommon
from chatapp.random_secrets import hash_of, new_secret


def is_new() -> bool:
    """Whether there is no account yet."""
    return _is_empty(db.session())


def new_setup_secret(journal: Journal) -> str | None:
    """Makes the secret of the setup link, which replaces an earlier one; None if there are accounts already."""
    secret = new_secret()

    def write(transaction: Transaction) -> bool:
        if not _is_empty(transaction.session):
            return False
        store_value(transaction, SETUP_SECRET_HASH, hash_of(secret))
        return True

    return secret if journal.write(write) else None


def require_setup(secret: str) -> None:
    """Raises SetupInvalid unless the secret is that of the newest setup link, and there is no account yet."""
    query = select(InstallationSetting.value).where(InstallationSetting.name == SETUP_SECRET_HASH)
    stored = db.session.scalar(query)
    may_set_up = is_new() and stored is not None and hmac.compare_digest(stored, hash_of(secret))
    db.session.remove()
    if not may_set_up:
        raise _invalid()


def set_up(
    journal: Journal,
    settings: Settings,
    secret: str,
    user: NewUser,
    password: str,
    system_name: str,
    joining: Joining,
    place: Place,
) -> Caller:
    """Makes the first account, an administrator, and stores the choices; then the link serves no more.

    Raises SetupInvalid and PasswordCommon.
    """
    require_setup(secret)
    require_uncommon(password, *user.names, system_name)
    hashes = {user.username: hash_password(password)}

    def write(transaction: Transaction) -> Caller:
        if not (_use(transaction, secret) and _is_empty(transaction.session)):
            raise _invalid()
        store_value(transaction, SYSTEM_NAME, system_name)
        store_value(transaction, JOINING, joining)
        (user_id,) = insert_users(transaction, [user], hashes)
        record(transaction, "set_up", Actor(user_id, user.username, place.address), user.username, joining=joining)
        return begin_session(transaction, settings, user_id, user.username, "password", place)

    return journal.write(write)


def _use(transaction: Transaction, secret: str) -> bool:
    """Deletes the secret, and returns whether it was there. Of two processes that use it at once, one waits for the
    other here and finds it gone."""
    used = transaction.session.execute(
        delete(InstallationSetting)
        .where(InstallationSetting.name == SETUP_SECRET_HASH, InstallationSetting.value == hash_of(secret))
        .returning(InstallationSetting.name)
    )
    return used.scalar() is not None


def _is_empty(session: Session) -> bool:
    return session.scalar(select(User.id).limit(1)) is None


def _invalid() -> SetupInvalid:
    return SetupInvalid("This setup link is not valid, or no longer.")
