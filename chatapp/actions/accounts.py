"""User accounts and sessions: add, sign in, sign out, deactivate."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

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

CALLER_BY_SESSION = (
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
    """The signed-in user, their session, and when it expires."""

    user_id: int
    username: str
    session_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to add. An account without a password can sign in in username mode only."""

    username: str
    first_name: str
    last_name: str = ""
    password: str | None = None
    email: str | None = None
    """Verified, and as `payload_fields.EmailAddress` makes it."""


def add_users(journal: Journal, users: list[NewUser]) -> None:
    """Adds all users or none. Raises Conflict if a username is taken; usernames are compared without regard to case."""
    hashes = {user.username: hash_password(user.password) for user in users if user.password}
    journal.write(lambda transaction: insert_users(transaction, users, hashes))


def insert_users(transaction: Transaction, users: list[NewUser], hashes: dict[str, str]) -> None:
    """Adds users with these password hashes. Raises Conflict, also where another process adds the name meanwhile."""
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
                email=user.email,
                is_active=True,
                created_at=at,
            )
        )
    try:
        transaction.session.flush()
    except IntegrityError as error:
        raise Conflict("This name or this e-mail address is taken.", usernames=sorted(names)) from error


def add_missing_users(journal: Journal, users: list[NewUser]) -> None:
    """Adds the users whose usernames do not exist yet."""
    known = set(db.session.scalars(select(User.username)))
    missing = [user for user in users if user.username not in known]
    if missing:
        add_users(journal, missing)


@dataclass(frozen=True, slots=True)
class Account:
    """An account as shown to an operator."""

    username: str
    full_name: str
    has_password: bool
    is_active: bool


def list_accounts() -> list[Account]:
    """All accounts, including deactivated ones, ordered by username."""
    users = db.session.scalars(select(User).order_by(User.username))
    return [_account_of(user) for user in users]


def sign_in(journal: Journal, settings: Settings, username: str, password: str | None) -> Caller:
    """Creates a session. Raises the same WrongCredentials for an unknown username and for a wrong password."""
    user = db.session.scalar(select(User).where(User.username == username, User.is_active))
    db.session.remove()
    if not _may_sign_in(user, settings, password) or user is None:
        raise WrongCredentials("The user does not exist, or the password is wrong.")
    return begin_session(journal, settings, user.id, user.username)


def begin_session(journal: Journal, settings: Settings, user_id: int, username: str) -> Caller:
    """Creates a session of a user who has proved who they are."""
    at = now()
    caller = Caller(user_id, username, str(uuid.uuid4()), at + timedelta(seconds=settings.token_seconds))
    row = Session(id=caller.session_id, user_id=caller.user_id, created_at=at, expires_at=caller.expires_at)
    journal.write(lambda transaction: transaction.session.add(row))
    return caller


def find_caller(session_id: str) -> Caller | None:
    """The caller of a session; None if it is revoked or expired, or the account is not active."""
    row = row_or_none(CALLER_BY_SESSION, session_id=session_id, at=now())
    # The caller's next step may wait for the journal.
    release_connection()
    return Caller(row.id, row.username, session_id, row.expires_at) if row else None


def revoked_among(session_ids: Collection[str]) -> set[str]:
    """The revoked sessions among these."""
    query = select(Session.id).where(Session.id.in_(session_ids), Session.revoked_at.is_not(None))
    return set(db.session.scalars(query))


def sign_out(journal: Journal, caller: Caller) -> None:
    """Revokes the session: its token is no longer valid, and its connections are closed."""
    journal.write(lambda transaction: _revoke(transaction, [caller.session_id]))


def set_password(journal: Journal, username: str, password: str) -> None:
    """Sets the account's password and revokes its sessions. Raises NotFound."""
    password_hash = hash_password(password)

    def job(transaction: Transaction) -> None:
        user = _find(transaction, username)
        user.password_hash = password_hash
        _revoke_all(transaction, user.id)

    journal.write(job)


def set_email(journal: Journal, username: str, email: str | None) -> None:
    """Sets the verified address of an account, or takes it away. Raises NotFound, and Conflict if another account has
    it."""

    def job(transaction: Transaction) -> None:
        user = _find(transaction, username)
        user.email = email
        try:
            transaction.session.flush()
        except IntegrityError as error:
            raise Conflict("Another account has this e-mail address.") from error

    journal.write(job)


def deactivate(journal: Journal, username: str) -> None:
    """Deactivates the account and revokes its sessions. Its messages stay. Raises NotFound."""

    def job(transaction: Transaction) -> None:
        user = _find(transaction, username)
        user.is_active = False
        _revoke_all(transaction, user.id)

    journal.write(job)


def _account_of(user: User) -> Account:
    full_name = f"{user.first_name} {user.last_name}".strip()
    return Account(user.username, full_name, user.password_hash is not None, user.is_active)


def _may_sign_in(user: User | None, settings: Settings, password: str | None) -> bool:
    """An account with a password always needs it. In username mode an account without one needs none."""
    if user is not None and user.password_hash is None and settings.sign_in == "username":
        return True
    if settings.sign_in == "username" and user is None:
        return False
    return is_password(password or "", user.password_hash if user else None)


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
