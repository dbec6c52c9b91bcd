"""What changed in a conversation after a revision: messages, members, and the conversation's own details.

Each row carries the revision at which it was last changed. So a row that changed five times is found once, as it is
now, and some revisions lead to no row at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import bindparam, literal, select, union_all

from chatapp.actions.messages import FORWARD, to_messages
from chatapp.actions.usernames import usernames_of
from chatapp.journal import StoredMessage
from chatapp.models.tables import CONVERSATIONS, FORMER_MEMBERSHIPS, MEMBERSHIPS, MESSAGES
from chatapp.prepared_statements import row_or_none, tuples

CHANGES = 500
"""Messages in one page of changes."""

HEAD = select(
    CONVERSATIONS.c.direct_key,
    CONVERSATIONS.c.name,
    CONVERSATIONS.c.shares_history,
    CONVERSATIONS.c.last_sequence,
    CONVERSATIONS.c.revision,
    CONVERSATIONS.c.state_revision,
    CONVERSATIONS.c.details_revision,
).where(CONVERSATIONS.c.id == bindparam("number"))

REVISION = select(MESSAGES.c.revision).where(
    MESSAGES.c.conversation_id == bindparam("number"), MESSAGES.c.sequence == bindparam("sequence")
)


def _members_between(table: Any, role: Any) -> Any:
    return select(table.c.revision, table.c.user_id, role).where(
        table.c.conversation_id == bindparam("number"),
        table.c.revision > bindparam("after"),
        table.c.revision <= bindparam("last"),
    )


MEMBERS = union_all(
    _members_between(MEMBERSHIPS, MEMBERSHIPS.c.role), _members_between(FORMER_MEMBERSHIPS, literal("").label("role"))
)


@dataclass(frozen=True, slots=True)
class Member:
    """A user, and their role in a group; None for who is in it no more."""

    user_id: int
    username: str
    role: str | None


@dataclass(frozen=True, slots=True)
class MembersChange:
    """Members who joined, left or got another role, by one change."""

    revision: int
    members: list[Member]


@dataclass(frozen=True, slots=True)
class DetailsChange:
    """The name of a group, and whether it shows new members what was said before they joined."""

    revision: int
    name: str
    shares_history: bool


Change = StoredMessage | MembersChange | DetailsChange


@dataclass(slots=True)
class Position:
    """How far changes have been taken: a revision, and the sequence of the last message up to there. None where that is
    not known."""

    revision: int
    sequence: int | None


def changes_between(
    conversation_id: int, after: Position, last: int, limit: int = CHANGES
) -> tuple[list[Change], Position]:
    """The changes after a position up to the revision `last`, in order, and the position that they lead to: before
    `last` if there are more than `limit` messages."""
    head = row_or_none(HEAD, number=conversation_id)
    if head is None:
        return [], Position(last, after.sequence)
    sequence = _sequence_at(conversation_id, head, after.revision) if after.sequence is None else after.sequence
    # Between two revisions there are no more messages than revisions.
    rows = tuples(
        FORWARD,
        number=conversation_id,
        after=sequence,
        before=sequence + last - after.revision + 1,
        limit=limit,
    )
    messages = [one for one in to_messages(rows, conversation_id, head.direct_key) if one.revision <= last]
    if len(rows) == limit and messages:
        last = messages[-1].revision
    changes: list[Change] = [*messages, *_state_between(conversation_id, head, after.revision, last)]
    changes.sort(key=attrgetter("revision"))
    return changes, Position(last, messages[-1].sequence if messages else sequence)


def position_at(conversation_id: int, revision: int) -> Position:
    """A conversation's position at a revision."""
    head = row_or_none(HEAD, number=conversation_id)
    return Position(revision, _sequence_at(conversation_id, head, revision) if head is not None else 0)


def position_of_message(conversation_id: int, sequence: int) -> Position:
    """The position right after a message; the beginning for the sequence 0."""
    found: Sequence[Any] = tuples(REVISION, number=conversation_id, sequence=sequence)
    return Position(found[0][0], sequence) if found else Position(0, 0)


def _state_between(conversation_id: int, head: Any, after: int, last: int) -> list[MembersChange | DetailsChange]:
    if head.state_revision <= after:
        return []
    rows = sorted(tuples(MEMBERS, number=conversation_id, after=after, last=last))
    names = usernames_of({row[1] for row in rows})
    found: list[MembersChange | DetailsChange] = [
        MembersChange(revision, [Member(user_id, names[user_id], role or None) for _, user_id, role in members])
        for revision, members in groupby(rows, itemgetter(0))
    ]
    if after < head.details_revision <= last:
        found.append(DetailsChange(head.details_revision, head.name or "", head.shares_history))
    return found


def _sequence_at(conversation_id: int, head: Any, revision: int) -> int:
    """The sequence of the last message that was stored at a revision or before.

    Revisions of messages rise with their sequences, and a message's revision is its sequence plus the number of other
    changes before it. So the answer lies between `revision` less all other changes, and `revision`.
    """
    low: int = max(0, revision - (head.revision - head.last_sequence))
    high = min(revision, head.last_sequence)
    while low < high:
        middle = (low + high + 1) // 2
        found: Sequence[Any] = tuples(REVISION, number=conversation_id, sequence=middle)
        if found and found[0][0] <= revision:
            low = middle
        else:
            high = middle - 1
    return low
