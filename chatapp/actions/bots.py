"""Bots: accounts of programs, and the tokens by which they are signed in.

A token is a session with a name, which an administrator begins and which may last for ever. What ends a session ends a
token: a revocation, a deactivated or suspended account, and the end of all sessions.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from chatapp.actions.accounts import NewUser, insert_users
from chatapp.actions.audit import Actor, record
from chatapp.actions.profile import take_names
from chatapp.actions.sessions import revoke
from chatapp.actions.standing import require_open
from chatapp.actions.system_permissions import MANAGE_BOTS, require
from chatapp.bot_tokens import new_bot_token, session_id_of
from chatapp.clock import now
from chatapp.errors import LimitReached, NotFound
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.models import Session, User
from chatapp.models.session import TOKEN
from chatapp.models.user import BOT

MOST_TOKENS = 20
"""Valid tokens of a bot."""
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""When a token without an end expires."""


@dataclass(frozen=True, slots=True)
class ListedBot:
    """A bot as shown to administrators. `tokens` is the number of valid ones."""

    username: str
    name: str
    is_active: bool
    created_at: datetime
    last_seen_at: datetime | None
    tokens: int


@dataclass(frozen=True, slots=True)
class ListedToken:
    """A valid token, without its secret. `expires_at` is None for one without an end."""

    id: str
    name: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made: the secret is known here only."""

    id: str
    secret: str
    expires_at: datetime | None


def add_bot(journal: Journal, actor: Actor, username: str, name: str) -> ListedBot:
    """Makes a bot, which has no token yet. Raises Forbidden, and Conflict for a username that is taken or looks like
    one that is."""
    require(actor.role, MANAGE_BOTS)

    def write(transaction: Transaction) -> ListedBot:
        (user_id,) = insert_users(transaction, [NewUser(username, name, role=BOT)], {})
        record(transaction, "account_added", actor, username, count=1, role=BOT)
        row = transaction.session.get_one(User, user_id)
        return _listed(row, 0)

    return journal.write(write)


def list_bots(actor: Actor) -> list[ListedBot]:
    """All bots, by username. Raises Forbidden."""
    require(actor.role, MANAGE_BOTS)
    tokens = select(func.count()).where(
        Session.user_id == User.id, Session.revoked_at.is_(None), Session.expires_at > now()
    )
    query = select(User, tokens.scalar_subquery()).where(User.role == BOT).order_by(User.username)
    return [_listed(user, count) for user, count in db.session.execute(query)]


def rename_bot(journal: Journal, actor: Actor, username: str, name: str) -> None:
    """Gives a bot another display name, of which everybody who sees it hears. Raises Forbidden and NotFound."""
    require(actor.role, MANAGE_BOTS)

    def write(transaction: Transaction) -> None:
        bot = transaction.session.get_one(User, _lock(transaction, username))
        take_names(transaction, bot, name, "", actor)

    journal.write(write)


def add_token(journal: Journal, actor: Actor, username: str, name: str, lasts: timedelta | None) -> NewToken:
    """Makes a token of a bot, valid for so long or for ever. Raises Forbidden, NotFound, AccountDeactivated,
    AccountSuspended, and LimitReached."""
    require(actor.role, MANAGE_BOTS)
    secret, at = new_bot_token(), now()
    made = NewToken(session_id_of(secret), secret, None if lasts is None else at + lasts)

    def write(transaction: Transaction) -> None:
        bot_id = _lock(transaction, username)
        require_open(transaction, bot_id)
        valid = select(func.count()).where(
            Session.user_id == bot_id, Session.revoked_at.is_(None), Session.expires_at > at
        )
        if transaction.session.execute(valid).scalar_one() >= MOST_TOKENS:
            raise LimitReached(f"A bot may have {MOST_TOKENS} tokens.", limit=MOST_TOKENS)
        expires_at = made.expires_at or NEVER
        transaction.session.add(
            Session(id=made.id, user_id=bot_id, created_at=at, expires_at=expires_at, method=TOKEN, name=name)
        )
        record(transaction, "token_added", actor, username, name=name)

    journal.write(write)
    return made


def list_tokens(actor: Actor, username: str) -> list[ListedToken]:
    """The valid tokens of a bot, the newest first. Raises Forbidden and NotFound."""
    require(actor.role, MANAGE_BOTS)
    bot_id = db.session.scalar(select(User.id).where(User.username == username, User.role == BOT))
    if bot_id is None:
        raise _no_bot(username)
    query = (
        select(Session)
        .where(Session.user_id == bot_id, Session.revoked_at.is_(None), Session.expires_at > now())
        .order_by(Session.created_at.desc(), Session.id)
    )
    return [_listed_token(row) for row in db.session.scalars(query)]


def revoke_token(journal: Journal, actor: Actor, username: str, token_id: str) -> None:
    """Ends a token, and closes the connections that are signed in by it. Raises Forbidden and NotFound. One that has
    ended already stays so."""
    require(actor.role, MANAGE_BOTS)

    def write(transaction: Transaction) -> None:
        bot_id = _lock(transaction, username)
        row = transaction.session.get(Session, token_id)
        if row is None or row.user_id != bot_id:
            raise NotFound("There is no such token.")
        if row.revoked_at is None:
            revoke(transaction, [token_id])
            record(transaction, "token_revoked", actor, username, name=row.name)

    journal.write(write)


def _listed_token(row: Session) -> ListedToken:
    expires_at = None if row.expires_at == NEVER else row.expires_at
    return ListedToken(row.id, row.name, row.created_at, expires_at, row.last_used_at)


def _lock(transaction: Transaction, username: str) -> int:
    query = select(User.id).where(User.username == username, User.role == BOT).with_for_update()
    bot_id: int | None = transaction.session.scalar(query)
    if bot_id is None:
        raise _no_bot(username)
    return bot_id


def _no_bot(username: str) -> NotFound:
    return NotFound("There is no such bot.", username=username)


def _listed(user: User, tokens: int) -> ListedBot:
    name = f"{user.first_name} {user.last_name}".strip()
    return ListedBot(user.username, name, user.is_active, user.created_at, user.last_seen_at, tokens)
