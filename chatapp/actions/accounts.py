"""User accounts: add, list, sign in, change one's own password. `administration.py` acts on those of others."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from chatapp.actions import second_factor
from chatapp.actions.audit import OPERATOR, Actor, record
from chatapp.actions.confirmation import require_confirmation
from chatapp.actions.sessions import Caller, Place, begin_session, revoke_all
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.errors import Conflict, NotFound, WrongCredentials
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.models import User
from chatapp.models.user import BOT, MEMBER
from chatapp.passwords import hash_password, is_password
from chatapp.sign_in_errors import SecondFactorRequired, WrongCode


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to add. An account without a password can sign in by a provider, or in username mode."""

    username: str
    first_name: str
    last_name: str = ""
    password: str | None = None
    role: str = MEMBER
    email: str | None = None
    """Verified, and as `payload_fields.EmailAddress` makes it."""


def add_users(journal: Journal, users: list[NewUser]) -> None:
    """Adds all users or none. Raises Conflict if a username is taken; usernames are compared without regard to case."""
    hashes = {user.username: hash_password(user.password) for user in users if user.password}

    def job(transaction: Transaction) -> None:
        insert_users(transaction, users, hashes)
        record(transaction, "account_added", OPERATOR, users[0].username, count=len(users), role=users[0].role)

    journal.write(job)


def insert_users(transaction: Transaction, users: list[NewUser], hashes: dict[str, str]) -> list[int]:
    """Adds users with these password hashes, and returns their ids. Raises Conflict, also where another process adds
    the name meanwhile."""
    names = {user.username.casefold() for user in users}
    taken = sorted(name for name in transaction.session.scalars(select(User.username)) if name.casefold() in names)
    if taken or len(names) < len(users):
        raise Conflict("This name is taken: " + ", ".join(taken) + ".", usernames=taken)
    at = now()
    rows = [
        User(
            username=user.username,
            first_name=user.first_name,
            last_name=user.last_name,
            password_hash=hashes.get(user.username),
            email=user.email,
            role=user.role,
            is_active=True,
            created_at=at,
        )
        for user in users
    ]
    transaction.session.add_all(rows)
    try:
        transaction.session.flush()
    except IntegrityError as error:
        raise Conflict("This name or this e-mail address is taken.", usernames=sorted(names)) from error
    return [row.id for row in rows]


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
    role: str
    has_password: bool
    is_active: bool


def list_accounts() -> list[Account]:
    """All accounts, including deactivated ones, ordered by username."""
    users = db.session.scalars(select(User).order_by(User.username))
    return [_account_of(user) for user in users]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody signs in with: `code` is one of the second factor, or a recovery code."""

    username: str
    password: str | None = None
    code: str | None = None


def sign_in(journal: Journal, settings: Settings, key: bytes, given: Credentials, place: Place) -> Caller:
    """Begins a session. `key` is the one of second factors.

    Raises the same WrongCredentials for an unknown username and for a wrong password. With the right password:
    SecondFactorRequired where a code is missing, and WrongCode.
    """
    user = db.session.scalar(select(User).where(User.username == given.username, User.is_active))
    db.session.remove()
    if not _may_sign_in(user, settings, given.password) or user is None:
        _record_failure(journal, given.username, place, "password")
        raise WrongCredentials("The user does not exist, or the password is wrong.")
    user_id, name, method = user.id, user.username, "password" if user.password_hash else "name"
    needs_code = user.password_hash is not None and second_factor.is_on(user_id)
    if needs_code and not given.code:
        raise SecondFactorRequired("Please enter the code of your authenticator app.")

    def job(transaction: Transaction) -> Caller:
        shown = second_factor.use_code(transaction, key, user_id, given.code or "") if needs_code else method
        return begin_session(transaction, settings, user_id, name, shown, place)

    try:
        return journal.write(job)
    except WrongCode:
        _record_failure(journal, name, place, "code")
        raise


def _record_failure(journal: Journal, username: str, place: Place, method: str) -> None:
    failed = Actor(None, "", place.address)
    journal.write(
        lambda transaction: record(transaction, "sign_in_failed", failed, username, method=method), durable=False
    )


def change_password(
    journal: Journal, settings: Settings, caller: Caller, current: str | None, password: str, place: Place
) -> Caller:
    """Sets the caller's own password, ends all of their sessions, and begins a new one, which is returned.

    Raises WrongPassword and ConfirmationRequired.
    """
    require_confirmation(caller, current)
    password_hash = hash_password(password)

    def job(transaction: Transaction) -> Caller:
        user = transaction.session.get_one(User, caller.user_id)
        method = "password" if current else "name"
        user.password_hash = password_hash
        revoke_all(transaction, user.id)
        record(transaction, "password_changed", caller.actor, caller.username)
        return begin_session(transaction, settings, user.id, user.username, method, place)

    return journal.write(job)


def set_email(journal: Journal, username: str, email: str | None) -> None:
    """Sets the verified address of an account, or takes it away. Raises NotFound, and Conflict if another account has
    it."""

    def job(transaction: Transaction) -> None:
        user = transaction.session.scalar(select(User).where(User.username == username))
        if user is None:
            raise NotFound("There is no such user.", username=username)
        user.email = email
        record(transaction, "email_changed", OPERATOR, username)
        try:
            transaction.session.flush()
        except IntegrityError as error:
            raise Conflict("Another account has this e-mail address.") from error

    journal.write(job)


def _account_of(user: User) -> Account:
    full_name = f"{user.first_name} {user.last_name}".strip()
    return Account(user.username, full_name, user.role, user.password_hash is not None, user.is_active)


def _may_sign_in(user: User | None, settings: Settings, password: str | None) -> bool:
    """An account with a password always needs it. In username mode an account without one needs none. A bot has a
    token instead."""
    if user is not None and user.role == BOT:
        user = None
    if user is not None and user.password_hash is None and settings.sign_in == "username":
        return True
    if settings.sign_in == "username" and user is None:
        return False
    return is_password(password or "", user.password_hash if user else None)


def id_of(username: str) -> int:
    """The id of a user, also a deactivated one. Raises NotFound."""
    user_id: int | None = db.session.scalar(select(User.id).where(User.username == username))
    if user_id is None:
        raise NotFound("There is no such user.", username=username)
    return user_id
