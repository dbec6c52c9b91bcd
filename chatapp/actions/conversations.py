"""Overviews of the caller's conversations, for the list.

A user may have ten thousand conversations. One statement reads all of them, each with its newest message and, if it is
direct, with the other member. An `Overview` computes each value when it is read.
"""

from collections.abc import Iterable, Mapping, Set
from typing import Any

from sqlalchemy import BigInteger, bindparam, case, func, select, type_coerce

from chatapp.actions.group_details import DETAILS_AS_STORED
from chatapp.actions.listed_members import HIDDEN, GroupMembers, ListedMember, members_by_group, sum_of
from chatapp.actions.lookup import hidden_up_to
from chatapp.actions.mentions import mentions_after, unread_mentions
from chatapp.actions.message_states import Reader, states_of
from chatapp.actions.messages import LowestWatermarks, lowest_of, lowest_watermarks
from chatapp.actions.preferences import Preferences
from chatapp.actions.sessions import Caller
from chatapp.actions.sharing import ReadsShown, hidden_readers
from chatapp.actions.thread_roots import PARENTS, ROOT_COLUMNS
from chatapp.actions.usernames import usernames_of
from chatapp.journal import Journal, StoredMessage
from chatapp.journal.message_state import MessageState
from chatapp.models.conversation import DIRECT, GROUP, other_of
from chatapp.models.preference import ALL
from chatapp.models.tables import CONVERSATION_PREFERENCES, CONVERSATIONS, MEMBERSHIPS, MESSAGES
from chatapp.prepared_statements import rows, tuples

LISTED_MEMBERS = 50
"""A larger group is listed without its members."""

NOWHERE: frozenset[int] = frozenset()
NO_PREFERENCES = Preferences(ALL, None, 0)

SINGLE_LOOKUPS = 20
"""Up to this count, overviews of members are read one by one. For more it is cheaper to read those of all members."""

_OTHER = MEMBERSHIPS.alias()
_ACTIVITY = func.coalesce(
    type_coerce(CONVERSATIONS.c.last_message_at, BigInteger), type_coerce(CONVERSATIONS.c.created_at, BigInteger)
)
_MENTIONS = case((MESSAGES.c.mentions.is_not(None), 1))
OVERVIEWS = (
    select(
        CONVERSATIONS.c.id,
        CONVERSATIONS.c.direct_key,
        type_coerce(CONVERSATIONS.c.created_at, BigInteger).label("created_at"),
        *DETAILS_AS_STORED,
        CONVERSATIONS.c.last_sequence,
        CONVERSATIONS.c.revision,
        *ROOT_COLUMNS,
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
        MESSAGES.c.changed_revision,
        func.coalesce(MESSAGES.c.reply_to, MESSAGES.c.forwarded_from_id, _MENTIONS).label("has_state"),
        CONVERSATION_PREFERENCES.c.level,
        CONVERSATION_PREFERENCES.c.unread_from,
        CONVERSATION_PREFERENCES.c.user_revision.label("preferences_revision"),
    )
    .join(MEMBERSHIPS, MEMBERSHIPS.c.conversation_id == CONVERSATIONS.c.id)
    .outerjoin(PARENTS, PARENTS.c.id == CONVERSATIONS.c.parent_id)
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
    .outerjoin(
        CONVERSATION_PREFERENCES,
        (CONVERSATION_PREFERENCES.c.user_id == MEMBERSHIPS.c.user_id)
        & (CONVERSATION_PREFERENCES.c.is_group == (CONVERSATIONS.c.kind == GROUP))
        & (
            CONVERSATION_PREFERENCES.c.target_id
            == case(
                (CONVERSATIONS.c.kind == GROUP, CONVERSATIONS.c.id),
                else_=func.coalesce(_OTHER.c.user_id, MEMBERSHIPS.c.user_id),
            )
        ),
    )
)
OVERVIEWS_OF_USER = OVERVIEWS.where(MEMBERSHIPS.c.user_id == bindparam("user_id")).order_by(
    _ACTIVITY.desc(), CONVERSATIONS.c.id.desc()
)
OVERVIEWS_OF_CONVERSATION = OVERVIEWS.where(CONVERSATIONS.c.id == bindparam("conversation_id"))
OVERVIEW_OF_MEMBER = OVERVIEWS_OF_CONVERSATION.where(MEMBERSHIPS.c.user_id == bindparam("user_id"))

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
MEMBERS_OF_CONVERSATION = _MEMBERS.where(MEMBERSHIPS.c.conversation_id == bindparam("conversation_id"))


class Overview:
    """A conversation as seen by one of its members. `row` is a row of OVERVIEWS. `group_members` is None for a direct
    conversation and for a group with more than LISTED_MEMBERS."""

    __slots__ = ("group_members", "hidden_up_to", "is_group", "mentions", "reads", "receiver", "row", "username")

    mentions: Set[int] | None
    """The messages after the read watermark that mention the user, where they were read for all conversations."""

    hidden_up_to: int
    """The last sequence that is hidden from the user."""

    def __init__(self, row: Any, username: str, group_members: GroupMembers | None, reads: ReadsShown) -> None:
        self.reads = reads
        self.row = row
        self.mentions = None
        self.username = username
        self.group_members = group_members
        self.is_group = row.direct_key is None
        self.receiver = str(row.id) if self.is_group else other_of(row.direct_key, username)
        self.hidden_up_to = hidden_up_to(row)

    @property
    def key(self) -> tuple[str, bool]:
        """The conversation's identity on the wire: the receiver, and whether that is a group."""
        return self.receiver, self.is_group

    @property
    def unread(self) -> int:
        """The count of unread messages: a subtraction, since sequences are dense and senders have read their own
        messages. From the one on that is marked as unread, all of them count."""
        return max(0, int(self.row.last_sequence) - self.read_up_to)

    @property
    def read_up_to(self) -> int:
        """The last message that does not count as unread."""
        read, marked = int(self.row.read_sequence), self.row.unread_from
        if marked is not None:
            read = min(read, marked - 1)
        return max(read, self.hidden_up_to)

    @property
    def unread_mentions(self) -> list[int]:
        """The sequences of the unread messages that mention the user."""
        found = self.mentions
        if found is NOWHERE and self.row.unread_from is None:
            return []
        row, after = self.row, self.read_up_to
        if after >= row.last_sequence:
            return []
        if found is None or after < row.read_sequence:
            found = mentions_after(row.id, row.user_id, after)
        return sorted(sequence for sequence in found if sequence > after)

    @property
    def preferences(self) -> Preferences:
        row = self.row
        known = row.preferences_revision
        return Preferences(row.level or ALL, row.unread_from, known) if known is not None else NO_PREFERENCES

    @property
    def lowest(self) -> LowestWatermarks:
        """The two lowest delivered watermarks. Only a large group needs another query."""
        row = self.row
        if self.group_members is not None:
            return self.group_members.lowest
        if self.is_group:
            return lowest_watermarks(row.id)
        if row.other_id is None:
            return lowest_of([(row.user_id, row.delivered_sequence)])
        own, other = row.delivered_sequence, row.other_delivered
        return LowestWatermarks(row.user_id, own, other) if own <= other else LowestWatermarks(row.other_id, other, own)

    @property
    def members(self) -> list[ListedMember]:
        """The members, ordered by username; empty for a group with more than LISTED_MEMBERS."""
        row = self.row
        if self.is_group:
            return self.group_members.as_seen(self.reads) if self.group_members is not None else []
        own = ListedMember(row.user_id, self.username, row.delivered_sequence, row.read_sequence, row.role)
        if row.other_id is None:
            return [own]
        read = row.other_read if self.reads.is_shown(row.other_id) else None
        other = ListedMember(row.other_id, self.receiver, row.other_delivered, read, row.role)
        return [own, other] if own.username <= other.username else [other, own]

    @property
    def watermark_sum(self) -> int:
        """The sum of the listed members' watermarks, which only rise: equal sums mean that a client has the same ones.

        For a group that is too large to list its members it is the caller's read watermark.
        """
        row = self.row
        if not self.is_group:
            others = 0
            if row.other_id is not None:
                others = row.other_delivered + (row.other_read if self.reads.is_shown(row.other_id) else HIDDEN)
            return int(row.delivered_sequence + row.read_sequence + others)
        if self.group_members is None:
            return int(row.read_sequence)
        return sum_of(self.members)

    @property
    def last_message(self) -> StoredMessage | None:
        """The newest message, if the caller may see it."""
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
            state=self._state_of_last(),
        )

    def _state_of_last(self) -> MessageState | None:
        row = self.row
        if row.changed_revision is None and row.has_state is None:
            return None
        return states_of(row.id, [row.last_sequence], Reader(row.user_id, self.hidden_up_to)).get(row.last_sequence)


def list_conversations(journal: Journal, caller: Caller) -> list[Overview]:
    """All of the caller's conversations, the most recent activity (newest message, or creation) first."""
    journal.flush_watermarks_for_read()
    groups = members_by_group(tuples(MEMBERS_OF_USER, user_id=caller.user_id))
    reads = ReadsShown(caller.user_id, hidden_readers())
    found, mentioned = rows(OVERVIEWS_OF_USER, user_id=caller.user_id), unread_mentions(caller.user_id)
    # A connection may not have heard of a change of the name yet.
    username = usernames_of({caller.user_id})[caller.user_id]
    overviews = [Overview(row, username, groups.get(row.id), reads) for row in found]
    for overview in overviews:
        overview.mentions = mentioned.get(overview.row.id, NOWHERE)
    return overviews


def overviews_of_members(conversation_id: int, user_ids: Iterable[int]) -> Mapping[int, Overview]:
    """One conversation as seen by each of these users, by user id. Users who are not members are left out."""
    wanted = set(user_ids)
    if len(wanted) <= SINGLE_LOOKUPS:
        member_rows = [
            row
            for user_id in wanted
            for row in rows(OVERVIEW_OF_MEMBER, conversation_id=conversation_id, user_id=user_id)
        ]
    else:
        found = rows(OVERVIEWS_OF_CONVERSATION, conversation_id=conversation_id)
        member_rows = [row for row in found if row.user_id in wanted]
    if not member_rows:
        return {}
    groups = members_by_group(
        tuples(MEMBERS_OF_CONVERSATION, user_id=member_rows[0].user_id, conversation_id=conversation_id)
    )
    names = usernames_of({row.user_id for row in member_rows})
    hidden = hidden_readers()
    reads = {row.user_id: ReadsShown(row.user_id, hidden) for row in member_rows}
    seen = [Overview(row, names[row.user_id], groups.get(row.id), reads[row.user_id]) for row in member_rows]
    return {overview.row.user_id: overview for overview in seen}
