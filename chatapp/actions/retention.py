"""Retention: erases messages that are older than their conversation or the system keeps them.

Messages are erased from the oldest on, so that those of a conversation stay dense above `erased_sequence`. A thread is
kept as long as the conversation of its root message says, and ends with that message.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from chatapp.actions.group_members import delete_memberships
from chatapp.actions.installation_settings import DAYS, system_days
from chatapp.actions.message_rows import delete_rows
from chatapp.journal import Journal, Transaction
from chatapp.journal.revisions import take_revision
from chatapp.journal.search_index import SearchIndex
from chatapp.models import (
    Conversation,
    Membership,
    Message,
)
from chatapp.models.base import to_microseconds
from chatapp.models.conversation import DELETED
from chatapp.models.tables import CONVERSATIONS, MESSAGES
from chatapp.prepared_statements import release_connection, tuples

ERASED_AT_ONCE = 100
"""Messages that one transaction erases, with what belongs to them. Limits how long other writers wait."""

LOOKED_AT_ONCE = 1_000
"""Conversations whose oldest message one read looks at."""

_PARENT = CONVERSATIONS.alias()
_OWN_DAYS = func.coalesce(_PARENT.c.retention_days, CONVERSATIONS.c.retention_days)
_SYSTEM_DAYS = bindparam("days", type_=CONVERSATIONS.c.retention_days.type)


def _shorter(own: ColumnElement[int], of_system: ColumnElement[int]) -> ColumnElement[int]:
    return case((own == 0, of_system), (of_system == 0, own), (own < of_system, own), else_=of_system)


OLDEST = (
    select(CONVERSATIONS.c.id, _shorter(_OWN_DAYS, _SYSTEM_DAYS).label("days"), MESSAGES.c.created_at)
    .outerjoin(_PARENT, _PARENT.c.id == CONVERSATIONS.c.parent_id)
    .outerjoin(
        MESSAGES,
        (MESSAGES.c.conversation_id == CONVERSATIONS.c.id)
        & (MESSAGES.c.sequence == CONVERSATIONS.c.erased_sequence + 1),
    )
    .where(CONVERSATIONS.c.id > bindparam("after"), CONVERSATIONS.c.kind != DELETED)
    .order_by(CONVERSATIONS.c.id)
    .limit(LOOKED_AT_ONCE)
)
"""The next conversations, each with its days (0: for ever) and when its oldest message was sent, if there is one."""


@dataclass(frozen=True, slots=True)
class Due:
    """A conversation with messages that were too old at this time."""

    conversation_id: int
    at: datetime


def find_due(at: datetime, after: int) -> tuple[list[Due], int | None]:
    """What is to be erased at this time of the next conversations above the id `after`, and the id to go on from; None
    if there are no more."""
    rows = tuples(OLDEST, after=after, days=system_days())
    release_connection()
    due = []
    for conversation_id, days, created_at in rows:
        if days and created_at is not None and created_at < to_microseconds(at - timedelta(days=days)):
            due.append(Due(conversation_id, at))
    return due, rows[-1][0] if len(rows) == LOOKED_AT_ONCE else None


def erase_next(journal: Journal, due: Due) -> bool:
    """Erases the next messages, in one transaction. Returns whether there may be more."""

    def write(transaction: Transaction) -> bool:
        session = transaction.session
        query = select(Conversation).where(Conversation.id == due.conversation_id)
        conversation = session.scalar(query.with_for_update(key_share=True))
        if conversation is None or conversation.kind == DELETED:
            return False
        days = _days_of(session, conversation)
        if not days:
            # Somebody has changed it meanwhile.
            return False
        first, last = conversation.erased_sequence + 1, conversation.erased_sequence + ERASED_AT_ONCE
        last = min(last, conversation.last_sequence)
        kept = select(func.min(Message.sequence)).where(
            Message.conversation_id == conversation.id,
            Message.sequence.between(first, last),
            Message.created_at >= due.at - timedelta(days=days),
        )
        oldest_kept = session.scalar(kept)
        if oldest_kept is not None:
            last = oldest_kept - 1
        if last < first:
            return False
        _end_threads(transaction, conversation.id, last)
        if _erase_in_threads(transaction, conversation.id, first, last):
            return True
        SearchIndex(transaction).remove_range(conversation.id, first, last)
        delete_rows(transaction, conversation.id, first, last)
        usernames = tuple(conversation.direct_key.split(" ")) if conversation.direct_key else ()
        revision = take_revision(transaction, conversation.id, usernames, can_wait=True)
        values = {"erased_sequence": last, "details_revision": revision}
        session.execute(update(Conversation).where(Conversation.id == conversation.id).values(values))
        return oldest_kept is None and last < conversation.last_sequence

    return journal.write(write, durable=False)


def _days_of(session: Session, conversation: Conversation) -> int:
    parent = session.get(Conversation, conversation.parent_id) if conversation.parent_id is not None else None
    own = (parent or conversation).retention_days
    return min((days for days in (own, int(session.scalar(DAYS) or 0)) if days), default=0)


def _end_threads(transaction: Transaction, conversation_id: int, last: int) -> None:
    """Ends the threads of messages up to this sequence: nobody reads them or writes in them any more."""
    session = transaction.session
    query = select(Conversation.id).where(
        Conversation.parent_id == conversation_id, Conversation.root_sequence <= last, Conversation.kind != DELETED
    )
    for thread_id in session.scalars(query.order_by(Conversation.id).with_for_update(key_share=True)).all():
        followers = set(session.scalars(select(Membership.user_id).where(Membership.conversation_id == thread_id)))
        delete_memberships(transaction, thread_id, followers, take_revision(transaction, thread_id))
        session.execute(update(Conversation).where(Conversation.id == thread_id).values(kind=DELETED))


def _erase_in_threads(transaction: Transaction, conversation_id: int, first: int, last: int) -> bool:
    """Erases the next messages of one ended thread of these root messages, ERASED_AT_ONCE at most. Returns whether
    there were any. The root messages are erased after them, so a server that stops in between goes on where it was."""
    threads = select(Conversation.id).where(
        Conversation.parent_id == conversation_id, Conversation.root_sequence.between(first, last)
    )
    query = select(Message.conversation_id, Message.sequence).where(Message.conversation_id.in_(threads))
    query = query.order_by(Message.conversation_id, Message.sequence).limit(ERASED_AT_ONCE)
    found = transaction.session.execute(query).all()
    if not found:
        return False
    thread_id = found[0].conversation_id
    end = max(row.sequence for row in found if row.conversation_id == thread_id)
    delete_rows(transaction, thread_id, 1, end)
    return True
