"""How much a retention would erase: told before somebody chooses it, to those who may."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import sleep
from typing import Any

from sqlalchemy import Select, bindparam, case, func, literal, null, select

from chatapp.actions.permissions import SET_RETENTION
from chatapp.actions.permissions import require as require_in_group
from chatapp.actions.sessions import Caller
from chatapp.actions.system_permissions import CHANGE_INSTALLATION
from chatapp.actions.system_permissions import require as require_in_system
from chatapp.clock import now
from chatapp.errors import NotAMember, NotForThreads, NotFound
from chatapp.extensions import db
from chatapp.models.conversation import DELETED, GROUP, parse_conversation_id
from chatapp.models.tables import CONVERSATIONS, MEMBERSHIPS, MESSAGES
from chatapp.prepared_statements import release_connection

MOST_COUNTED = 100_000
"""Messages up to which they are counted. What is beyond that makes nobody think again."""

LOOKED_AT_ONCE = 500
"""Conversations that one read counts in: a few milliseconds, for which others wait with SQLite."""

_THREADS = CONVERSATIONS.alias()


@dataclass(frozen=True, slots=True)
class Preview:
    """So many messages would be erased, in so many conversations. `has_more`: these are only the ones that were
    counted. Messages of threads count for the conversation that the thread is in. Deleted ones count, too."""

    messages: int
    conversations: int
    has_more: bool = False


def preview_in_system(role: str, days: int) -> Preview:
    """What the system would erase after so many days. Raises Forbidden for whoever could not choose them."""
    require_in_system(role, CHANGE_INSTALLATION)
    return _count(days, None)


def preview_in_group(caller: Caller, group_id: str, days: int) -> Preview:
    """What a group would erase. Raises NotFound, NotAMember, NotForThreads, and Forbidden as the change does."""
    conversation_id = parse_conversation_id(group_id)
    query = (
        select(CONVERSATIONS.c.parent_id, MEMBERSHIPS.c.role)
        .outerjoin(
            MEMBERSHIPS,
            (MEMBERSHIPS.c.conversation_id == CONVERSATIONS.c.id) & (MEMBERSHIPS.c.user_id == caller.user_id),
        )
        .where(CONVERSATIONS.c.id == conversation_id, CONVERSATIONS.c.kind == GROUP)
    )
    row = db.session.execute(query).one_or_none()
    if conversation_id is None or row is None:
        raise NotFound("There is no such group.", receiver=group_id)
    if row.role is None:
        raise NotAMember("You are not a member of this group.", receiver=group_id)
    if row.parent_id is not None:
        raise NotForThreads("A thread is kept as long as the message that it is about.")
    require_in_group(row.role, SET_RETENTION)
    return _count(days, conversation_id)


def _count(days: int, only: int | None) -> Preview:
    """Counts until there are more than MOST_COUNTED."""
    messages = conversations = 0
    if days:
        for count in _counts(now() - timedelta(days=days), only):
            messages += count
            conversations += count > 0
            if messages > MOST_COUNTED:
                return Preview(MOST_COUNTED, conversations, has_more=True)
    return Preview(messages, conversations)


def _counts(before: datetime, only: int | None) -> Iterator[int]:
    """How many messages each conversation would lose: every one, or one alone."""
    after = 0
    while True:
        rows = db.session.execute(_counting(only), {"before": before, "after": after}).all()
        release_connection()
        for row in rows:
            yield int(row.own + row.in_threads)
        if len(rows) < LOOKED_AT_ONCE:
            return
        after = max(row.id for row in rows)
        # Others run before the next read, which does not yield with SQLite on the event loop.
        sleep(0)


def _counting(only: int | None) -> Select[Any]:
    """The next conversations, each with how many of its messages, and of those in its threads, would be erased.

    The messages of a conversation have dense sequences and rising times. So the last one that is too old is found by a
    binary search in each, and ten million messages take as many steps as their number has bits.
    """
    oldest = MESSAGES.alias()
    is_oldest = (oldest.c.conversation_id == CONVERSATIONS.c.id) & (
        oldest.c.sequence == CONVERSATIONS.c.erased_sequence + 1
    )
    before = bindparam("before", type_=MESSAGES.c.created_at.type)
    end = case((oldest.c.created_at < before, CONVERSATIONS.c.last_sequence), else_=CONVERSATIONS.c.erased_sequence)
    page = (
        select(CONVERSATIONS.c.id, CONVERSATIONS.c.erased_sequence.label("low"), end.label("high"))
        .outerjoin(oldest, is_oldest)
        .where(CONVERSATIONS.c.id > bindparam("after"), CONVERSATIONS.c.kind != DELETED)
        .where(CONVERSATIONS.c.parent_id.is_(null()) if only is None else CONVERSATIONS.c.id == only)
        .order_by(CONVERSATIONS.c.id)
        .limit(LOOKED_AT_ONCE)
        .cte("page")
    )
    # All up to `low` are too old, and none above `high` is.
    steps = select(page.c.id, page.c.low, page.c.high).cte("steps", recursive=True)
    middle = (steps.c.low + steps.c.high + 1) // 2
    is_old = MESSAGES.c.created_at < before
    steps = steps.union_all(
        select(steps.c.id, case((is_old, middle), else_=steps.c.low), case((is_old, steps.c.high), else_=middle - 1))
        .outerjoin(MESSAGES, (MESSAGES.c.conversation_id == steps.c.id) & (MESSAGES.c.sequence == middle))
        .where(steps.c.low < steps.c.high)
    )
    in_threads = (
        select(func.coalesce(func.sum(_THREADS.c.last_sequence - _THREADS.c.erased_sequence), literal(0)))
        .where(_THREADS.c.parent_id == steps.c.id, _THREADS.c.root_sequence <= steps.c.low, _THREADS.c.kind != DELETED)
        .scalar_subquery()
    )
    own = steps.c.low - CONVERSATIONS.c.erased_sequence
    return (
        select(steps.c.id, own.label("own"), in_threads.label("in_threads"))
        .join(CONVERSATIONS, CONVERSATIONS.c.id == steps.c.id)
        .where(steps.c.low == steps.c.high)
    )
