"""One conversation as seen by one of its members. Each value is computed when it is read."""

from collections.abc import Mapping, Set
from typing import Any

from chatapp.actions.listed_members import HIDDEN, GroupMembers, ListedMember, sum_of
from chatapp.actions.lookup import hidden_up_to
from chatapp.actions.mentions import mentions_after
from chatapp.actions.message_states import Reader, states_of
from chatapp.actions.messages import LowestWatermarks, lowest_of, lowest_watermarks
from chatapp.actions.preferences import Preferences
from chatapp.actions.sharing import ReadsShown
from chatapp.journal import StoredMessage
from chatapp.journal.message_state import MessageState
from chatapp.models.conversation import other_of
from chatapp.models.preference import DEFAULT

NOWHERE: frozenset[int] = frozenset()
NO_PREFERENCES = Preferences(DEFAULT, None, 0)


class Overview:
    """A conversation as seen by one of its members. `row` is a row of `conversations.OVERVIEWS`. `names` are usernames
    by id, of the member and of the sender of a group's newest message. `group_members` is None for a direct
    conversation and for a large group, which is listed without its members."""

    __slots__ = (
        "group_members",
        "hidden_up_to",
        "is_group",
        "mentions",
        "names",
        "reads",
        "receiver",
        "row",
        "username",
    )

    mentions: Set[int] | None
    """The messages after the read watermark that mention the user, where they were read for all conversations."""

    hidden_up_to: int
    """The last sequence that is hidden from the user."""

    def __init__(
        self, row: Any, names: Mapping[int, str], group_members: GroupMembers | None, reads: ReadsShown
    ) -> None:
        self.reads = reads
        self.row = row
        self.mentions = None
        self.names = names
        self.username = names[row.user_id]
        self.group_members = group_members
        self.is_group = row.direct_key is None
        self.receiver = str(row.id) if self.is_group else other_of(row.direct_key, self.username)
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
        return Preferences(row.level or DEFAULT, row.unread_from, known) if known is not None else NO_PREFERENCES

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
        """The members, ordered by username; empty for a large group."""
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
            sender, receiver = self.names[row.sender_id], str(row.id)
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
