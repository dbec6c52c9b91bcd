"""The caller's conversations, as a list shows them.

A person may have ten thousand: one statement reads them all, each with its newest message and, of a direct one, with
the other member. What is shown of a row is worked out when it is asked for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, Integer, bindparam, func, select, type_coerce

from chatapp.actions.accounts import Caller
from chatapp.actions.lookup import hidden_up_to
from chatapp.actions.messages import Lowest, lowest_of, lowest_watermark
from chatapp.actions.usernames import usernames_of
from chatapp.journal import Journal, StoredMessage
from chatapp.models.conversation import DIRECT, GROUP, other_of
from chatapp.models.tables import CONVERSATIONS, MEMBERSHIPS, MESSAGES
from chatapp.prepared_statements import rows, tuples

LISTED_MEMBERS = 50
"""Larger groups are listed without their members."""

FEW_MEMBERS = 20
"""So many are looked up one by one; for more it costs less to read all members of a group."""

_OTHER = MEMBERSHIPS.alias()
_ACTIVITY = func.coalesce(
    type_coerce(CONVERSATIONS.c.last_message_at, BigInteger), type_coerce(CONVERSATIONS.c.created_at, BigInteger)
)
OVERVIEWS = (
    select(
        CONVERSATIONS.c.id,
        CONVERSATIONS.c.direct_key,
        CONVERSATIONS.c.name,
        type_coerce(CONVERSATIONS.c.created_at, BigInteger).label("created_at"),
        type_coerce(CONVERSATIONS.c.shares_history, Integer).label("shares_history"),
        CONVERSATIONS.c.last_sequence,
        CONVERSATIONS.c.revision,
        MEMBERSHIPS.c.user_id,
        MEMBERSHIPS.c.role,
        MEMBERSHIPS.c.joined_sequence,
        MEMBERSHIPS.c.delivered_sequence,
        MEMBERSHIPS.c.read_sequence,
        MEMBERSHIPS.c.user_revision,
        _OTHER.c.user_id.label("other_id"),
        _OTHER.c.delivered_sequence.label("other_delivered"),
        _OTHER.c.read_sequence.label("other_read"),
        MESSAGES.c.sender_id,
        MESSAGES.c.content,
        MESSAGES.c.client_id,
        type_coerce(MESSAGES.c.created_at, BigInteger).label("sent_at"),
        MESSAGES.c.revision.label("message_revision"),
    )
    .join(MEMBERSHIPS, MEMBERSHIPS.c.conversation_id == CONVERSATIONS.c.id)
    .outerjoin(
        _OTHER,
        (CONVERSATIONS.c.kind == DIRECT)
        & (_OTHER.c.conversation_id == CONVERSATIONS.c.id)
        & (_OTHER.c.user_id != MEMBERSHIPS.c.user_id),
    )
    .outerjoin(
        MESSAGES,
        (MESSAGES.c.conversation_id == CONVERSATIONS.c.id) & (MESSAGES.c.sequence == CONVERSATIONS.c.last_sequence),
    )
)
OF_USER = OVERVIEWS.where(MEMBERSHIPS.c.user_id == bindparam("user_id")).order_by(
    _ACTIVITY.desc(), CONVERSATIONS.c.id.desc()
)
OF_CONVERSATION = OVERVIEWS.where(CONVERSATIONS.c.id == bindparam("number"))
OF_MEMBER = OF_CONVERSATION.where(MEMBERSHIPS.c.user_id == bindparam("user_id"))

_COUNTED = MEMBERSHIPS.alias()
_MEMBERS = (
    select(
        _OTHER.c.conversation_id,
        _OTHER.c.user_id,
        _OTHER.c.delivered_sequence,
        _OTHER.c.read_sequence,
        _OTHER.c.role,
    )
    .select_from(MEMBERSHIPS)
    .join(CONVERSATIONS, CONVERSATIONS.c.id == MEMBERSHIPS.c.conversation_id)
    .join(_OTHER, _OTHER.c.conversation_id == MEMBERSHIPS.c.conversation_id)
    .where(
        MEMBERSHIPS.c.user_id == bindparam("user_id"),
        CONVERSATIONS.c.kind == GROUP,
        select(func.count())
        .select_from(_COUNTED)
        .where(_COUNTED.c.conversation_id == MEMBERSHIPS.c.conversation_id)
        .scalar_subquery()
        <= LISTED_MEMBERS,
    )
)
MEMBERS_OF_USER = _MEMBERS
MEMBERS_OF_CONVERSATION = _MEMBERS.where(MEMBERSHIPS.c.conversation_id == bindparam("number"))


@dataclass(slots=True)
class Progress:
    """A member's role and watermarks."""

    username: str
    delivered: int
    read: int
    role: str


@dataclass(slots=True)
class Members:
    """The members of one group, by name, and the two lowest watermarks among them."""

    lowest: Lowest
    progress: list[Progress]


class Overview:
    """A conversation as one of its members sees it. `row` is one of OVERVIEWS; `group` is there for a group that is
    small enough to list its members."""

    __slots__ = ("group", "is_group", "receiver", "row", "username")

    def __init__(self, row: Any, username: str, group: Members | None) -> None:
        self.row = row
        self.username = username
        self.group = group
        self.is_group = row.direct_key is None
        self.receiver = str(row.id) if self.is_group else other_of(row.direct_key, username)

    @property
    def key(self) -> tuple[str, bool]:
        """How the caller names it: the receiver, and whether that is a group."""
        return self.receiver, self.is_group

    @property
    def hidden_up_to(self) -> int:
        return hidden_up_to(shares_history=self.row.shares_history, joined_sequence=self.row.joined_sequence)

    @property
    def unread(self) -> int:
        """Sequences are dense, and sending is reading: no message has to be looked at."""
        return max(0, int(self.row.last_sequence) - max(int(self.row.read_sequence), self.hidden_up_to))

    @property
    def lowest(self) -> Lowest:
        """Of a direct conversation, and of a small group, known without another query."""
        row = self.row
        if self.group is not None:
            return self.group.lowest
        if self.is_group:
            return lowest_watermark(row.id)
        own = (row.user_id, row.delivered_sequence)
        if row.other_id is None:
            return lowest_of([own])
        other = (row.other_id, row.other_delivered)
        return lowest_of([own, other] if own[1] <= other[1] else [other, own])

    @property
    def members(self) -> list[Progress]:
        """By name; empty for a group of more than LISTED_MEMBERS."""
        row = self.row
        if self.is_group:
            return self.group.progress if self.group is not None else []
        own = Progress(self.username, row.delivered_sequence, row.read_sequence, row.role)
        if row.other_id is None:
            return [own]
        other = Progress(self.receiver, row.other_delivered, row.other_read, row.role)
        return [own, other] if own.username <= other.username else [other, own]

    @property
    def watermarks(self) -> int:
        """The sum by which a client and the server see whether they know the same watermarks of the members listed; of
        a group that is too large to list them, the caller's read watermark."""
        row = self.row
        if not self.is_group:
            others = 0 if row.other_id is None else row.other_delivered + row.other_read
            return int(row.delivered_sequence + row.read_sequence + others)
        if self.group is None:
            return int(row.read_sequence)
        return sum(one.delivered + one.read for one in self.group.progress)

    @property
    def last_message(self) -> StoredMessage | None:
        row = self.row
        if row.sender_id is None or row.last_sequence <= self.hidden_up_to:
            return None
        if self.is_group:
            sender, receiver = usernames_of({row.sender_id})[row.sender_id], str(row.id)
        else:
            sender, receiver = self.username, self.receiver
            if row.sender_id != row.user_id:
                sender, receiver = receiver, sender
        return StoredMessage(
            row.id,
            row.last_sequence,
            row.sender_id,
            sender,
            receiver,
            self.is_group,
            row.content,
            row.client_id,
            row.sent_at,
            row.message_revision,
        )


def list_conversations(journal: Journal, caller: Caller) -> list[Overview]:
    """All of the caller's conversations, the one with the newest message (or creation) first."""
    journal.flush_watermarks_for_read()
    groups = _groups(tuples(MEMBERS_OF_USER, user_id=caller.user_id))
    return [Overview(row, caller.username, groups.get(row.id)) for row in rows(OF_USER, user_id=caller.user_id)]


def overviews_of_members(conversation_id: int, user_ids: Iterable[int]) -> Mapping[int, Overview]:
    """One conversation as each of these users sees it, by their ids, without those who are in it no more."""
    wanted = set(user_ids)
    if len(wanted) <= FEW_MEMBERS:
        found = [row for one in wanted for row in rows(OF_MEMBER, number=conversation_id, user_id=one)]
    else:
        found = [row for row in rows(OF_CONVERSATION, number=conversation_id) if row.user_id in wanted]
    if not found:
        return {}
    groups = _groups(tuples(MEMBERS_OF_CONVERSATION, user_id=found[0].user_id, number=conversation_id))
    names = usernames_of({row.user_id for row in found})
    return {row.user_id: Overview(row, names[row.user_id], groups.get(row.id)) for row in found}


def _groups(found: Iterable[Any]) -> dict[int, Members]:
    """The members of each group, and the lowest watermarks there."""
    members: dict[int, list[Any]] = {}
    for row in found:
        members.setdefault(row[0], []).append(row)
    groups = {}
    for number, those in members.items():
        names = usernames_of({row[1] for row in those})
        lowest = lowest_of(sorted(((row[1], row[2]) for row in those), key=itemgetter(1)))
        progress = [Progress(names[row[1]], row[2], row[3], row[4]) for row in those]
        groups[number] = Members(lowest, sorted(progress, key=lambda one: one.username))
    return groups
