"""One conversation as seen by one of its members. Most values are computed when they are read."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from chatapp.actions.listed_members import HIDDEN, GroupMembers, ListedMember, sum_of
from chatapp.actions.lookup import hidden_up_to, read_up_to
from chatapp.actions.mentions import mentions_after
from chatapp.actions.message_states import Reader, states_of
from chatapp.actions.messages import LowestWatermarks, lowest_of, lowest_watermarks
from chatapp.actions.preferences import Preferences
from chatapp.actions.sharing import ReadsShown
from chatapp.journal.message_state import MessageState
from chatapp.models.conversation import other_of
from chatapp.models.membership import MEMBER
from chatapp.models.preference import DEFAULT

NOWHERE: frozenset[int] = frozenset()
NO_PREFERENCES = Preferences()


@dataclass(slots=True)
class Viewer:
    """A member, and what is the same for all conversations that they see. `names` are usernames by id, of the member
    and of the senders of groups' newest messages. `preferences` are those for direct conversations, by the id of the
    other member. `mentions` has the messages after the read watermark that mention the member, by conversation; None
    if they were not read for all conversations."""

    user_id: int
    names: Mapping[int, str]
    reads: ReadsShown
    preferences: Mapping[int, Preferences]
    mentions: Mapping[int, Set[int]] | None


@dataclass(slots=True)
class GroupPart:
    """What only a group has. `row` is one of `overview_statements.GROUPS_OF_USER`. `members` is None for a large group,
    which is listed without them."""

    row: Any
    members: GroupMembers | None


@dataclass(slots=True, init=False, eq=False, repr=False)
class Overview:
    """A conversation as seen by one of its members. `part` is None for a direct conversation. Instants are in
    microseconds since 1970 UTC."""

    viewer: Viewer
    part: GroupPart | None
    is_group: bool
    receiver: str
    username: str
    """The member's own."""

    hidden_up_to: int
    """The last sequence that is hidden from the member."""

    preferences: Preferences
    conversation_id: int
    created_at: int
    erased_sequence: int
    last_sequence: int
    revision: int
    user_id: int
    user_revision: int
    delivered_sequence: int
    read_sequence: int
    other_id: int | None
    """The other member of a direct conversation; None in a conversation with oneself. The next two are theirs."""

    other_delivered: int
    other_read: int
    sender_id: int | None
    """The sender of the newest message; None if there is none. The next four are of that message."""

    content: str
    client_id: str | None
    sent_at: int
    message_revision: int
    has_state: int | None
    """Not None if the newest message has a state."""

    def __init__(self, row: Sequence[Any], viewer: Viewer, part: GroupPart | None) -> None:
        """The row is one of `overview_statements.OVERVIEWS_OF_USER`."""
        (
            _,
            self.conversation_id,
            key,
            self.created_at,
            self.erased_sequence,
            self.last_sequence,
            self.revision,
            self.user_id,
            self.user_revision,
            self.delivered_sequence,
            self.read_sequence,
            self.other_id,
            self.other_delivered,
            self.other_read,
            self.sender_id,
            self.content,
            self.client_id,
            self.sent_at,
            self.message_revision,
            self.has_state,
        ) = row
        self.viewer = viewer
        self.part = part
        self.username = username = viewer.names[viewer.user_id]
        if part is None:
            self.is_group = False
            self.receiver = other_of(key, username)
            self.hidden_up_to = self.erased_sequence
            self.preferences = viewer.preferences.get(self.other_id or self.user_id, NO_PREFERENCES)
        else:
            self.is_group = True
            self.receiver = str(self.conversation_id)
            self.hidden_up_to = hidden_up_to(part.row)
            self.preferences = _preferences_in(part.row)

    @property
    def key(self) -> tuple[str, bool]:
        """The conversation's identity on the wire: the receiver, and whether that is a group."""
        return self.receiver, self.is_group

    @property
    def role(self) -> str:
        role: str = MEMBER if self.part is None else self.part.row.role
        return role

    @property
    def is_thread(self) -> bool:
        return self.part is not None and self.part.row.parent_id is not None

    @property
    def unread(self) -> int:
        """The count of unread messages: a subtraction, since sequences are dense and senders have read their own
        messages."""
        count = self.last_sequence - self.read_up_to
        return count if count > 0 else 0

    @property
    def read_up_to(self) -> int:
        """The last message that does not count as unread."""
        return read_up_to(self.read_sequence, self.preferences.unread_from, self.hidden_up_to)

    @property
    def unread_mentions(self) -> list[int]:
        """The sequences of the unread messages that mention the member."""
        known, is_marked = self.viewer.mentions, self.preferences.unread_from is not None
        found = None if known is None else known.get(self.conversation_id, NOWHERE)
        if found is NOWHERE and not is_marked:
            return []
        after = self.read_up_to
        if after >= self.last_sequence:
            return []
        if found is None or after < self.read_sequence:
            found = mentions_after(self.conversation_id, self.user_id, after)
        return sorted(sequence for sequence in found if sequence > after)

    @property
    def group_members(self) -> list[ListedMember] | None:
        """The members of a group, ordered by username; None for a large one."""
        members = None if self.part is None else self.part.members
        return None if members is None else members.as_seen(self.viewer.reads)

    @property
    def lowest(self) -> LowestWatermarks:
        """The two lowest delivered watermarks. Only a large group needs another query."""
        if self.part is not None:
            members = self.part.members
            return lowest_watermarks(self.conversation_id) if members is None else members.lowest
        own, other = self.delivered_sequence, self.other_delivered
        if self.other_id is None:
            return lowest_of([(self.user_id, own)])
        return (
            LowestWatermarks(self.user_id, own, other) if own <= other else LowestWatermarks(self.other_id, other, own)
        )

    @property
    def is_last_delivered(self) -> bool:
        """Whether the newest message was delivered to all but its sender."""
        if self.part is not None or self.other_id is None:
            return self.sender_id is not None and self.lowest.is_delivered(self.sender_id, self.last_sequence)
        return (
            self.other_delivered if self.sender_id == self.user_id else self.delivered_sequence
        ) >= self.last_sequence

    @property
    def other_read_shown(self) -> int | None:
        """What the other member of a direct conversation has read; None if this one does not see it."""
        return self.other_read if self.other_id is not None and self.viewer.reads.is_shown(self.other_id) else None

    @property
    def watermark_sum(self) -> int:
        """The sum of the listed members' watermarks, which only rise: equal sums mean that a client has the same ones.

        For a group that is too large to list its members it is the member's own read watermark.
        """
        if self.is_group:
            members = self.group_members
            return self.read_sequence if members is None else sum_of(members)
        own = self.delivered_sequence + self.read_sequence
        if self.other_id is None:
            return own
        read = self.other_read_shown
        return own + self.other_delivered + (HIDDEN if read is None else read)

    @property
    def last_between(self) -> tuple[str, str] | None:
        """The sender and the receiver of the newest message; None if there is none that the member may see."""
        sender_id = self.sender_id
        if sender_id is None or self.last_sequence <= self.hidden_up_to:
            return None
        if sender_id == self.user_id:
            return self.username, self.receiver
        if self.is_group:
            return self.viewer.names[sender_id], self.receiver
        return self.receiver, self.username

    @property
    def state_of_last(self) -> MessageState | None:
        if self.has_state is None:
            return None
        reader, sequence = Reader(self.user_id, self.hidden_up_to), self.last_sequence
        return states_of(self.conversation_id, [sequence], reader).get(sequence)


def _preferences_in(row: Any) -> Preferences:
    known = row.preferences_revision
    return Preferences(row.level or DEFAULT, row.unread_from, known) if known is not None else NO_PREFERENCES
