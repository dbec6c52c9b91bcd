"""User accounts: add, list, sign in, change one's own password. `administration.py` acts on those of others."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, or_, select, union, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chatapp.actions import second_factor
from chatapp.actions.account_links import forget_links, replace_email
from chatapp.actions.audit import OPERATOR, record
from chatapp.actions.confirmation import require_confirmation
from chatapp.actions.installation_settings import chosen
from chatapp.actions.managed_accounts import require_own_password
from chatapp.actions.security_notices import tell_of_change
from chatapp.actions.sessions import Caller, Place, begin_session, record_failure, revoke_all
from chatapp.actions.system_permissions import MANAGE_OWN_ACCOUNT, require
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.errors import Conflict, NotFound, WrongCredentials
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.lookalikes import display_skeleton, skeleton
from chatapp.models import User, UsernameChange
from chatapp.models.user import BOT, MEMBER
from chatapp.passwords import hash_password, is_password, renewed_hash, require_uncommon
from chatapp.sign_in_errors import SecondFactorRequired, WrongCode
from chatapp.username_rule import name_key

LOOKED_UP = 500
"""Skeletons in one statement. SQLite takes 32,766 parameters."""


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

    @property
    def names(self) -> tuple[str, ...]:
        """None of them is a password."""
        return self.username, self.first_name, self.last_name, self.first_name + self.last_name


def add_users(journal: Journal, users: list[NewUser]) -> None:
    """Adds all users or none. Raises Conflict if a username is taken, or looks like one that is."""
    hashes = {user.username: hash_password(user.password) for user in users if user.password}

    def write(transaction: Transaction) -> None:
        insert_users(transaction, users, hashes)
        record(transaction, "account_added", OPERATOR, users[0].username, count=len(users), role=users[0].role)

    journal.write(write)


def insert_users(transaction: Transaction, users: list[NewUser], hashes: dict[str, str]) -> list[int]:
    """Adds users with these password hashes, and returns their ids. Raises Conflict for a username that is taken or
    looks like one that is, also where another process adds it meanwhile."""
    skeletons = [skeleton(user.username) for user in users]
    taken = _taken_among(transaction.session, skeletons)
    taken.update(own for own, count in Counter(skeletons).items() if count > 1)
    if refused := [user.username for user, own in zip(users, skeletons, strict=True) if own in taken]:
        raise name_taken(refused)
    at = now()
    rows = [
        User(
            username=user.username,
            first_name=user.first_name,
            last_name=user.last_name,
            name_skeleton=own,
            display_skeleton=display_skeleton(f"{user.first_name} {user.last_name}"),
            password_hash=hashes.get(user.username),
            email=user.email,
            role=user.role,
            is_active=True,
            created_at=at,
        )
        for user, own in zip(users, skeletons, strict=True)
    ]
    transaction.session.add_all(rows)
    try:
        transaction.session.flush()
    except IntegrityError as error:
        raise name_taken([user.username for user in users]) from error
    return [row.id for row in rows]


def add_missing_users(journal: Journal, users: list[NewUser]) -> None:
    """Adds the users whose usernames are not taken."""
    taken = _taken_among(db.session(), [skeleton(user.username) for user in users])
    missing = [user for user in users if skeleton(user.username) not in taken]
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
    """All accounts, including deactivated ones, ordered by username, but not the removed ones."""
    users = db.session.scalars(select(User).where(User.removed_at.is_(None)).order_by(User.username))
    return [_account_of(user) for user in users]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody signs in with: `code` is one of the second factor, or a recovery code."""

    username: str
    password: str | None = None
    code: str | None = None


def sign_in(journal: Journal, settings: Settings, key: bytes, given: Credentials, place: Place) -> Caller:
    """Begins a session. `key` is the one of second factors. A hash that was made with other parameters than today's is
    replaced.

    Raises the same WrongCredentials for an unknown username and for a wrong password. With the right password:
    SecondFactorRequired where a code is missing, and WrongCode.
    """
    user = find_active_user(given.username)
    db.session.remove()
    if not _may_sign_in(user, settings, given.password) or user is None:
        record_failure(journal, given.username, place, "password")
        raise WrongCredentials("The user does not exist, or the password is wrong.")
    user_id, name, old = user.id, user.username, user.password_hash
    method = "password" if old else "name"
    needs_code = old is not None and second_factor.is_on(user_id)
    if needs_code and not given.code:
        raise SecondFactorRequired("Please enter the code of your authenticator app.")
    renewed = renewed_hash(given.password or "", old) if old else None

    def write(transaction: Transaction) -> Caller:
        if renewed:
            # Unless the password was changed meanwhile.
            of_old = update(User).where(User.id == user_id, User.password_hash == old)
            transaction.session.execute(of_old.values(password_hash=renewed))
        shown = second_factor.use_code(transaction, key, user_id, given.code or "") if needs_code else method
        return begin_session(transaction, settings, user_id, name, shown, place)

    try:
        return journal.write(write)
    except WrongCode:
        record_failure(journal, name, place, "code")
        raise


def change_password(
    journal: Journal, settings: Settings, caller: Caller, current: str | None, password: str, place: Place
) -> Caller:
    """Sets the caller's own password, ends all of their sessions, and begins a new one, which is returned.

    Raises ManagedElsewhere, WrongPassword, ConfirmationRequired and PasswordCommon.
    """
    require_own_password(caller.user_id)
    require_confirmation(caller, current)
    require_uncommon(password, *guessed_first(settings, caller.user_id))
    password_hash = hash_password(password)

    def write(transaction: Transaction) -> Caller:
        user = transaction.session.get_one(User, caller.user_id)
        user.password_hash = password_hash
        revoke_all(transaction, user.id)
        forget_links(transaction, user.id)
        tell_of_change(transaction, user.id, "password_changed")
        record(transaction, "password_changed", caller.actor, caller.username)
        return begin_session(transaction, settings, user.id, user.username, "password", place)

    return journal.write(write)


def guessed_first(settings: Settings, user_id: int) -> tuple[str, ...]:
    """What is no password of a user: their names, and the system's."""
    user = db.session.get_one(User, user_id)
    names = NewUser(user.username, user.first_name, user.last_name).names
    system = chosen(settings).name
    db.session.remove()
    return *names, system


def set_email(journal: Journal, username: str, email: str | None) -> None:
    """Sets the verified address of an account, or takes it away. Raises NotFound, Forbidden for a bot, and Conflict
    if another account has it."""

    def write(transaction: Transaction) -> None:
        user = transaction.session.scalar(select(User).where(User.username == username, User.removed_at.is_(None)))
        if user is None:
            raise NotFound("There is no such user.", username=username)
        require(user.role, MANAGE_OWN_ACCOUNT)
        replace_email(transaction, user, email, OPERATOR)

    journal.write(write)


def _account_of(user: User) -> Account:
    full_name = f"{user.first_name} {user.last_name}".strip()
    return Account(user.username, full_name, user.role, user.password_hash is not None, user.is_active)


def _may_sign_in(user: User | None, settings: Settings, password: str | None) -> bool:
    """An account with a password always needs it. In username mode an account without one needs none."""
    if user is not None and user.password_hash is None and settings.sign_in == "username":
        return True
    if settings.sign_in == "username" and user is None:
        return False
    return is_password(password or "", user.password_hash if user else None)


def find_active_user(typed: str) -> User | None:
    """The active user of exactly this name, else the one whose name has the same key: `Alice` is `alice`. No bot is
    found: none signs in by a name."""
    named = or_(User.username == typed, User.name_skeleton == skeleton(typed))
    query = select(User).where(named, User.is_active, User.role != BOT)
    found = {user.username: user for user in db.session.scalars(query)}
    alike = (user for name, user in found.items() if name_key(name) == name_key(typed))
    return found.get(typed) or next(alike, None)


def _taken_among(session: Session, skeletons: list[str]) -> set[str]:
    """Which of these skeletons are those of accounts, also of deactivated ones, or of names that they had."""
    taken: set[str] = set()
    for first in range(0, len(skeletons), LOOKED_UP):
        wanted = skeletons[first : first + LOOKED_UP]
        # One statement: an account that gives its name up between two would be in neither.
        query: CompoundSelect[Any] = union(
            select(User.name_skeleton).where(User.name_skeleton.in_(wanted)),
            select(UsernameChange.skeleton).where(UsernameChange.skeleton.in_(wanted)),
        )
        taken.update(found for found in session.scalars(query) if found is not None)
    return taken


def taken_by_others(session: Session, wanted: str, user_id: int) -> bool:
    """Whether another account has the skeleton."""
    query = select(User.id).where(User.name_skeleton == wanted, User.id != user_id)
    return session.scalar(query.limit(1)) is not None


def reserved_for_others(session: Session, wanted: str, user_id: int) -> bool:
    """Whether a former name of another account has the skeleton."""
    query = select(UsernameChange.user_id).where(UsernameChange.skeleton == wanted, UsernameChange.user_id != user_id)
    return session.scalar(query.limit(1)) is not None


def name_taken(usernames: list[str]) -> Conflict:
    """Does not say whose name it is."""
    return Conflict(f"This name is taken, or looks like one that is: {', '.join(usernames)}.", usernames=usernames)


def id_of(username: str) -> int:
    """The id of a user, also a deactivated one. Raises NotFound."""
    query = select(User.id).where(User.username == username, User.removed_at.is_(None))
    user_id: int | None = db.session.scalar(query)
    if user_id is None:
        raise NotFound("There is no such user.", username=username)
    return user_id
