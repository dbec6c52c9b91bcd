"""The change log: reads what changed in a conversation after a revision (messages, their states, members, details).

Each row carries the revision of its last change. So a row that changed five times is returned once, in its current
state, and some revisions have no row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import bindparam, literal, select, union_all

from chatapp.actions.group_details import DETAILS, Details, details_of
from chatapp.actions.message_states import Reader, all_members
from chatapp.actions.message_updates import MessageUpdate, updates_between
from chatapp.actions.messages import FORWARD, to_messages
from chatapp.actions.usernames import usernames_of
from chatapp.journal import StoredMessage
from chatapp.models.tables import CONVERSATIONS, FORMER_MEMBERSHIPS, MEMBERSHIPS, MESSAGES
from chatapp.prepared_statements import row_or_none, tuples

PAGE_SIZE = 500
"""Messages in one page of changes."""

CONVERSATION = select(
    CONVERSATIONS.c.direct_key,
    *DETAILS,
    CONVERSATIONS.c.last_sequence,
    CONVERSATIONS.c.revision,
    CONVERSATIONS.c.state_revision,
    CONVERSATIONS.c.details_revision,
).where(CONVERSATIONS.c.id == bindparam("conversation_id"))

MESSAGE_REVISION = select(MESSAGES.c.revision).where(
    MESSAGES.c.conversation_id == bindparam("conversation_id"), MESSAGES.c.sequence == bindparam("sequence")
)


def _members_between(table: Any, role: Any) -> Any:
    return select(table.c.revision, table.c.user_id, role).where(
        table.c.conversation_id == bindparam("conversation_id"),
        table.c.revision > bindparam("after"),
        table.c.revision <= bindparam("last"),
    )


CHANGED_MEMBERS = union_all(
    _members_between(MEMBERSHIPS, MEMBERSHIPS.c.role), _members_between(FORMER_MEMBERSHIPS, literal("").label("role"))
)


@dataclass(frozen=True, slots=True)
class Member:
    """A user and their role in a group. The role of a former member is None."""

    user_id: int
    username: str
    role: str | None


@dataclass(frozen=True, slots=True)
class MembersChange:
    """Members who joined, left or changed their role in one change."""

    revision: int
    members: list[Member]


@dataclass(frozen=True, slots=True)
class DetailsChange:
    """The details of a conversation: a group's name, topic, description or settings changed, or messages were
    erased."""

    revision: int
    details: Details
    direct_key: str | None


Change = StoredMessage | MessageUpdate | MembersChange | DetailsChange


@dataclass(slots=True)
class Position:
    """A position in the change log: a revision, and the sequence of the last message up to it (None if unknown)."""

    revision: int
    sequence: int | None


def changes_between(
    conversation_id: int, after: Position, last: int, limit: int = PAGE_SIZE, reader: Reader | None = None
) -> tuple[list[Change], Position]:
    """The changes after a position up to the revision `last`, in order, and the position after them.

    That position is before `last` if there are more than `limit` messages, or as many updates. Without a reader the
    changes are those of an event for all members.
    """
    conversation = row_or_none(CONVERSATION, conversation_id=conversation_id)
    if conversation is None:
        return [], Position(last, after.sequence)
    sequence = after.sequence
    if sequence is None:
        sequence = _sequence_at(conversation_id, conversation, after.revision)
    # There are at most as many messages as revisions between two revisions.
    rows = tuples(
        FORWARD,
        conversation_id=conversation_id,
        after=sequence,
        before=sequence + last - after.revision + 1,
        limit=limit,
    )
    reader = reader or all_members(shares_history=conversation.shares_history)
    messages = to_messages(rows, conversation_id, conversation.direct_key, reader)
    messages = [message for message in messages if message.revision <= last]
    if len(rows) == limit and messages:
        last = messages[-1].revision
    updates: list[MessageUpdate] = []
    if conversation.state_revision > after.revision:
        updates = updates_between(conversation_id, conversation, after.revision, last, limit, reader)
        if len(updates) == limit:
            last = updates[-1].revision
            messages = [message for message in messages if message.revision <= last]
    changes: list[Change] = [*messages, *updates, *_state_changes(conversation_id, conversation, after.revision, last)]
    changes.sort(key=attrgetter("revision"))
    return changes, Position(last, messages[-1].sequence if messages else sequence)


def position_at(conversation_id: int, revision: int) -> Position:
    """A conversation's position at a revision."""
    conversation = row_or_none(CONVERSATION, conversation_id=conversation_id)
    return Position(revision, 0 if conversation is None else _sequence_at(conversation_id, conversation, revision))


def position_of_message(conversation_id: int, sequence: int) -> Position:
    """The position right after a message. The sequence 0 is the start of the conversation."""
    rows: Sequence[Any] = tuples(MESSAGE_REVISION, conversation_id=conversation_id, sequence=sequence)
    return Position(rows[0][0], sequence) if rows else Position(0, 0)


def _state_changes(
    conversation_id: int, conversation: Any, after: int, last: int
) -> list[MembersChange | DetailsChange]:
    """The changes of members and details, with `after` < revision <= `last`."""
    if conversation.state_revision <= after:
        return []
    rows = sorted(tuples(CHANGED_MEMBERS, conversation_id=conversation_id, after=after, last=last))
    names = usernames_of({row[1] for row in rows})
    changes: list[MembersChange | DetailsChange] = [
        MembersChange(revision, [Member(user_id, names[user_id], role or None) for _, user_id, role in members])
        for revision, members in groupby(rows, itemgetter(0))
    ]
    if after < conversation.details_revision <= last:
        details = details_of(conversation)
        changes.append(DetailsChange(conversation.details_revision, details, conversation.direct_key))
    return changes


def _sequence_at(conversation_id: int, conversation: Any, revision: int) -> int:
    """The sequence of the last message whose revision is not above `revision`, by binary search.

    Revisions of messages rise with their sequences. A message's revision is its sequence plus the count of other
    changes before it. So the result lies between `revision` minus the count of all other changes, and `revision`, or is
    that of the last erased message: of those there are no rows.
    """
    low: int = max(conversation.erased_sequence, revision - (conversation.revision - conversation.last_sequence))
    high = min(revision, conversation.last_sequence)
    while low < high:
        middle = (low + high + 1) // 2
        rows: Sequence[Any] = tuples(MESSAGE_REVISION, conversation_id=conversation_id, sequence=middle)
        if rows and rows[0][0] <= revision:
            low = middle
        else:
            high = middle - 1
    return low
