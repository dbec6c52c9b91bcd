"""Users and their sessions: add, sign in, sign out, deactivate."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update

from chatapp.clock import now
from chatapp.config import Settings
from chatapp.errors import Conflict, NotFound, WrongCredentials
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.models import Session, User
from chatapp.models.tables import SESSIONS, USERS
from chatapp.notices import SessionEnded
from chatapp.passwords import hash_password, is_password
from chatapp.prepared_statements import release_connection, row_or_none

CALLER = (
    select(USERS.c.id, USERS.c.username, SESSIONS.c.expires_at)
    .join(SESSIONS, SESSIONS.c.user_id == USERS.c.id)
    .where(
        SESSIONS.c.id == bindparam("session_id"),
        SESSIONS.c.revoked_at.is_(None),
        SESSIONS.c.expires_at > bindparam("at"),
        USERS.c.is_active,
    )
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking, by which session, until when."""

    user_id: int
    username: str
    session_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to add. Without a password the account can sign in by name only, where that is switched on."""

    username: str
    first_name: str
    last_name: str = ""
    password: str | None = None


def add_users(journal: Journal, users: list[NewUser]) -> None:
    """Adds all of them or none. Raises Conflict if a name is taken, also in other upper and lower case."""
    hashes = {user.username: hash_password(user.password) for user in users if user.password}
    journal.write(lambda transaction: _insert_users(transaction, users, hashes))


def add_missing_users(journal: Journal, users: list[NewUser]) -> None:
    """Adds those whose names nobody has."""
    known = set(db.session.scalars(select(User.username)))
    missing = [user for user in users if user.username not in known]
    if missing:
        add_users(journal, missing)


@dataclass(frozen=True, slots=True)
class Account:
    """A user as an operator sees them."""

    username: str
    full_name: str
    has_password: bool
    is_active: bool


def every_account() -> list[Account]:
    """All users, also deactivated ones, by name."""
    users = db.session.scalars(select(User).order_by(User.username))
    return [
        Account(one.username, f"{one.first_name} {one.last_name}".strip(), one.password_hash is not None, one.is_active)
        for one in users
    ]


def sign_in(journal: Journal, settings: Settings, username: str, password: str | None) -> Caller:
    """Makes a session. Raises WrongCredentials, the same for an unknown name and a wrong password."""
    user = db.session.scalar(select(User).where(User.username == username, User.is_active))
    db.session.remove()
    if not _may_enter(user, settings, password) or user is None:
        raise WrongCredentials("There is no such user, or the password is wrong.")
    at = now()
    caller = Caller(user.id, user.username, str(uuid.uuid4()), at + timedelta(seconds=settings.token_seconds))
    row = Session(id=caller.session_id, user_id=caller.user_id, created_at=at, expires_at=caller.expires_at)
    journal.write(lambda transaction: transaction.session.add(row))
    return caller


def find_caller(session_id: str) -> Caller | None:
    """The user of a session that is neither revoked nor expired, and whose account is active."""
    row = row_or_none(CALLER, session_id=session_id, at=now())
    # What follows may wait for the journal.
    release_connection()
    return Caller(row.id, row.username, session_id, row.expires_at) if row else None


def ended_among(session_ids: Collection[str]) -> set[str]:
    """Those of these sessions that were revoked."""
    query = select(Session.id).where(Session.id.in_(session_ids), Session.revoked_at.is_not(None))
    return set(db.session.scalars(query))


def sign_out(journal: Journal, caller: Caller) -> None:
    """Ends the session: its token signs nobody in any more, and its connections are closed."""
    journal.write(lambda transaction: _revoke(transaction, [caller.session_id]))


def set_password(journal: Journal, username: str, password: str) -> None:
    """Sets the account's password and ends its sessions. Raises NotFound."""
    password_hash = hash_password(password)

    def job(transaction: Transaction) -> None:
        user = _find(transaction, username)
        user.password_hash = password_hash
        _revoke_all(transaction, user.id)

    journal.write(job)


def deactivate(journal: Journal, username: str) -> None:
    """Closes the account: nobody signs in with it, its sessions end, its messages stay. Raises NotFound."""

    def job(transaction: Transaction) -> None:
        user = _find(transaction, username)
        user.is_active = False
        _revoke_all(transaction, user.id)

    journal.write(job)


def _may_enter(user: User | None, settings: Settings, password: str | None) -> bool:
    """A password always counts where the account has one; name only is for accounts without, where switched on."""
    if user is not None and user.password_hash is None and settings.sign_in == "username":
        return True
    if settings.sign_in == "username" and user is None:
        return False
    return is_password(password or "", user.password_hash if user else None)


def _insert_users(transaction: Transaction, users: list[NewUser], hashes: dict[str, str]) -> None:
    names = {user.username.casefold() for user in users}
    taken = sorted(name for name in transaction.session.scalars(select(User.username)) if name.casefold() in names)
    if taken or len(names) < len(users):
        raise Conflict("This name is taken: " + ", ".join(taken) + ".", usernames=taken)
    at = now()
    for user in users:
        transaction.session.add(
            User(
                username=user.username,
                first_name=user.first_name,
                last_name=user.last_name,
                password_hash=hashes.get(user.username),
                is_active=True,
                created_at=at,
            )
        )


def _find(transaction: Transaction, username: str) -> User:
    user = transaction.session.scalar(select(User).where(User.username == username))
    if user is None:
        raise NotFound("There is no such user.", username=username)
    return user


def _revoke_all(transaction: Transaction, user_id: int) -> None:
    query = select(Session.id).where(Session.user_id == user_id, Session.revoked_at.is_(None))
    _revoke(transaction, list(transaction.session.scalars(query)))


def _revoke(transaction: Transaction, session_ids: list[str]) -> None:
    transaction.session.execute(update(Session).where(Session.id.in_(session_ids)).values(revoked_at=now()))
    transaction.notices += [SessionEnded(session_id) for session_id in session_ids]
