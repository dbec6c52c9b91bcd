"""How much a retention would erase: told before somebody chooses it, to those who may."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from time import sleep
from typing import Any

from sqlalchemy import CTE, Integer, Select, bindparam, case, func, literal, select

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
from chatapp.prepared_statements import release_connection, tuples

MOST_COUNTED = 100_000
"""Messages up to which they are counted. What is beyond that makes nobody think again."""

LOOKED_AT_ONCE = 100
"""Conversations that one read counts in: some milliseconds, for which others wait with SQLite."""

_THREADS = CONVERSATIONS.alias()
# An expression: by the index of this column SQLite would read and sort all conversations for each page.
_IS_NO_THREAD = func.coalesce(CONVERSATIONS.c.parent_id, 0) == 0
_BEFORE = bindparam("before", type_=MESSAGES.c.created_at.type)


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
    statement, after = _counting(is_one=only is not None), 0
    while True:
        rows = tuples(statement, before=before, after=after, only=only, count=LOOKED_AT_ONCE)
        release_connection()
        for _, own, in_threads in rows:
            yield int(own + in_threads)
        if len(rows) < LOOKED_AT_ONCE:
            return
        after = max(row[0] for row in rows)
        # Others run before the next read, which does not yield with SQLite on the event loop.
        sleep(0)


@cache
def _counting(*, is_one: bool) -> Select[Any]:
    """The next conversations, each with how many of its messages, and of those in its threads, would be erased.

    The messages of a conversation have dense sequences and rising times. So the last one that is too old is found by a
    binary search in each, and ten million messages take as many steps as their number has bits.
    """
    steps = _steps(_page(is_one=is_one))
    in_threads = (
        select(func.coalesce(func.sum(_THREADS.c.last_sequence - _THREADS.c.erased_sequence), literal(0)))
        .where(_THREADS.c.parent_id == steps.c.id, _THREADS.c.root_sequence <= steps.c.low, _THREADS.c.kind != DELETED)
        .scalar_subquery()
    )
    own = steps.c.low - steps.c.erased
    return select(steps.c.id, own.label("own"), in_threads.label("in_threads")).where(steps.c.low == steps.c.high)


def _page(*, is_one: bool) -> CTE:
    """The next conversations, with what a search begins with: all messages up to `low` are too old, none above `high`
    is. Where the oldest one is not, there is nothing to search."""
    oldest = MESSAGES.alias()
    found, sequence = oldest.c.conversation_id == CONVERSATIONS.c.id, CONVERSATIONS.c.erased_sequence + 1
    high = case((oldest.c.created_at < _BEFORE, CONVERSATIONS.c.last_sequence), else_=CONVERSATIONS.c.erased_sequence)
    erased = CONVERSATIONS.c.erased_sequence
    return (
        select(CONVERSATIONS.c.id, erased.label("erased"), erased.label("low"), high.label("high"))
        .outerjoin(oldest, found & (oldest.c.sequence == sequence))
        .where(CONVERSATIONS.c.id > bindparam("after"), CONVERSATIONS.c.kind != DELETED)
        .where(CONVERSATIONS.c.id == bindparam("only") if is_one else _IS_NO_THREAD)
        .order_by(CONVERSATIONS.c.id)
        .limit(bindparam("count", type_=Integer))
        .cte("page")
    )


def _steps(page: CTE) -> CTE:
    """The steps of the search in each conversation. In the last one `low` and `high` are equal."""
    steps = select(page.c.id, page.c.erased, page.c.low, page.c.high).cte("steps", recursive=True)
    middle = (steps.c.low + steps.c.high + 1) // 2
    is_old = MESSAGES.c.created_at < _BEFORE
    low, high = case((is_old, middle), else_=steps.c.low), case((is_old, steps.c.high), else_=middle - 1)
    return steps.union_all(
        select(steps.c.id, steps.c.erased, low, high)
        .outerjoin(MESSAGES, (MESSAGES.c.conversation_id == steps.c.id) & (MESSAGES.c.sequence == middle))
        .where(steps.c.low < steps.c.high)
    )
