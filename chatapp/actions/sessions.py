"""Sessions: begin, use, list, end. A session is a row, so that a sign-in can be taken back at once."""

import logging
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, or_, select, update

from chatapp.actions.audit import OPERATOR, Actor, record
from chatapp.actions.standing import require_may_sign_in
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.errors import NotFound
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.logs.events import event
from chatapp.models import PushSubscription, Session
from chatapp.models.session import DEVICE_CHARACTERS
from chatapp.models.tables import SESSIONS, USERS
from chatapp.models.user import MEMBER
from chatapp.notices import SessionEnded
from chatapp.prepared_statements import release_connection, row_or_none

log = logging.getLogger(__name__)

USE_NOTED_EVERY = timedelta(minutes=5)
"""How exactly the last use of a session is stored. Each request that stored it would be a write."""
EXPIRED_KEPT = timedelta(days=30)
"""How long the row of an expired session stays. It is deleted when the user signs in after that."""
MOST_LISTED = 200
AT_ONCE = 1_000
"""Sessions that one statement ends. A statement has a limit of parameters."""

CALLER_BY_SESSION = (
    select(
        USERS.c.id,
        USERS.c.username,
        USERS.c.role,
        SESSIONS.c.created_at,
        SESSIONS.c.expires_at,
        SESSIONS.c.last_used_at,
    )
    .join(SESSIONS, SESSIONS.c.user_id == USERS.c.id)
    .where(
        SESSIONS.c.id == bindparam("session_id"),
        SESSIONS.c.revoked_at.is_(None),
        SESSIONS.c.expires_at > bindparam("at"),
        USERS.c.is_active,
    )
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session is used from: the address, and the device as the browser names it (the User-Agent)."""

    address: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """The signed-in user, their session, when it expires, from which address the request comes, and the user's role in
    the whole system."""

    user_id: int
    username: str
    session_id: str
    expires_at: datetime
    began_at: datetime | None = None
    address: str = ""
    role: str = MEMBER

    @property
    def actor(self) -> Actor:
        """The caller as the audit log names them."""
        return Actor(self.user_id, self.username, self.address, self.role)


def begin_session(
    transaction: Transaction, settings: Settings, user_id: int, username: str, method: str, place: Place
) -> Caller:
    """Begins a session in the transaction, and records the sign-in. `method` is how the user has shown who they are.

    Raises AccountDeactivated and AccountSuspended.
    """
    require_may_sign_in(transaction, user_id)
    at = now()
    caller = Caller(
        user_id, username, str(uuid.uuid4()), at + timedelta(seconds=settings.token_seconds), at, place.address
    )
    _delete_old(transaction, user_id)
    transaction.session.add(
        Session(
            id=caller.session_id,
            user_id=user_id,
            created_at=at,
            expires_at=caller.expires_at,
            method=method,
            device=place.device[:DEVICE_CHARACTERS],
            address=place.address[:64],
            last_used_at=at,
        )
    )
    record(transaction, "sign_in", caller.actor, username, method=method)
    return caller


def _delete_old(transaction: Transaction, user_id: int) -> None:
    is_old = (Session.user_id == user_id) & (Session.expires_at < now() - EXPIRED_KEPT)
    of_old = PushSubscription.session_id.in_(select(Session.id).where(is_old))
    transaction.session.execute(delete(PushSubscription).where(of_old))
    transaction.session.execute(delete(Session).where(is_old))


def record_failure(journal: Journal, username: str, place: Place, method: str) -> None:
    """Records a sign-in that failed. The name is as it was entered, and may be nobody's."""
    failed = Actor(None, "", place.address)
    journal.write(
        lambda transaction: record(transaction, "sign_in_failed", failed, username, method=method), durable=False
    )
    # Without the name: it may be a password that was entered in the wrong field.
    log.info("A sign-in failed.", extra=event("sign_in_failed", method=method, address=place.address))


def find_caller(journal: Journal, session_id: str, address: str) -> Caller | None:
    """The caller of a session; None if it is revoked or expired, or the account is not active. Notes the use."""
    at = now()
    row = row_or_none(CALLER_BY_SESSION, session_id=session_id, at=at)
    # The caller's next step may wait for the journal.
    release_connection()
    if row is None:
        return None
    if row.last_used_at is None or at - row.last_used_at > USE_NOTED_EVERY:
        note_use(journal, [session_id], address)
    return Caller(row.id, row.username, session_id, row.expires_at, row.created_at, address, row.role)


def note_use(journal: Journal, session_ids: Collection[str], address: str = "") -> None:
    """Stores, soon and without waiting, that these sessions are in use, and from which address if that is known."""
    at = now()
    values = {"last_used_at": at, **({"address": address[:64]} if address else {})}
    is_old = or_(Session.last_used_at.is_(None), Session.last_used_at < at)
    is_valid = Session.revoked_at.is_(None)
    query = update(Session).where(Session.id.in_(sorted(session_ids)), is_old, is_valid).values(values)
    journal.submit(lambda transaction: transaction.session.execute(query), durable=False)


def revoked_among(session_ids: Collection[str]) -> set[str]:
    """The revoked sessions among these."""
    query = select(Session.id).where(Session.id.in_(session_ids), Session.revoked_at.is_not(None))
    return set(db.session.scalars(query))


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session as shown to its user."""

    id: str
    method: str
    device: str
    address: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime


def list_sessions(user_id: int) -> list[ListedSession]:
    """The valid sessions of a user, the last used first, at most `MOST_LISTED`."""
    query = (
        select(Session)
        .where(Session.user_id == user_id, Session.revoked_at.is_(None), Session.expires_at > now())
        .order_by(Session.last_used_at.desc().nulls_last(), Session.created_at.desc())
        .limit(MOST_LISTED)
    )
    return [
        ListedSession(row.id, row.method, row.device, row.address, row.created_at, row.last_used_at, row.expires_at)
        for row in db.session.scalars(query)
    ]


def sign_out(journal: Journal, caller: Caller) -> None:
    """Revokes the session: its token is no longer valid, and its connections are closed."""

    def write(transaction: Transaction) -> None:
        revoke(transaction, [caller.session_id])
        record(transaction, "sign_out", caller.actor, caller.username)

    journal.write(write)


def end_session(journal: Journal, caller: Caller, session_id: str) -> None:
    """Ends one of the caller's sessions. Raises NotFound for any other id. One that has ended already stays so."""

    def write(transaction: Transaction) -> None:
        row = transaction.session.get(Session, session_id)
        if row is None or row.user_id != caller.user_id:
            raise NotFound("There is no such session.")
        if row.revoked_at is None:
            revoke(transaction, [session_id])
            record(transaction, "session_ended", caller.actor, caller.username, count=1)

    journal.write(write)


def end_other_sessions(journal: Journal, caller: Caller) -> int:
    """Ends all sessions of the caller but the one that asks. Returns how many they were."""

    def write(transaction: Transaction) -> int:
        ended = revoke_all(transaction, caller.user_id, but=caller.session_id)
        if ended:
            record(transaction, "session_ended", caller.actor, caller.username, count=ended)
        return ended

    return journal.write(write)


def end_all_sessions(journal: Journal) -> int:
    """Ends every session of everybody, for an operator. Returns how many they were."""

    def write(transaction: Transaction) -> int:
        ended = list(transaction.session.scalars(select(Session.id).where(Session.revoked_at.is_(None))))
        revoke(transaction, ended)
        record(transaction, "session_ended", OPERATOR, count=len(ended))
        return len(ended)

    return journal.write(write)


def revoke_all(transaction: Transaction, user_id: int, but: str = "") -> int:
    """Ends the sessions of a user, but this one. Returns how many they were."""
    query = select(Session.id).where(Session.user_id == user_id, Session.revoked_at.is_(None), Session.id != but)
    ended = list(transaction.session.scalars(query))
    revoke(transaction, ended)
    return len(ended)


def revoke(transaction: Transaction, session_ids: Iterable[str]) -> None:
    """Ends sessions, and the notifications of their browsers. Their connections are closed after the commit."""
    ended = list(session_ids)
    for first in range(0, len(ended), AT_ONCE):
        chunk = ended[first : first + AT_ONCE]
        transaction.session.execute(update(Session).where(Session.id.in_(chunk)).values(revoked_at=now()))
        transaction.session.execute(delete(PushSubscription).where(PushSubscription.session_id.in_(chunk)))
    transaction.notices += [SessionEnded(session_id) for session_id in ended]
