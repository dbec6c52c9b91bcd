"""The watermarks of one conversation's members, kept in memory while the conversation is active."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile

from chatapp.actions.messages import ALL_DELIVERED, LowestWatermarks
from chatapp.actions.stored_watermarks import Member
from chatapp.journal import StoredMessage
from chatapp.payload_fields import LARGEST_SEQUENCE
from chatapp.realtime.engine.deferred_ack import DeferredAck

LARGEST_UNDELIVERED = 1_000
"""Messages watched in one conversation. Without a limit they would grow as long as one member is offline."""


@dataclass(slots=True)
class PendingAck:
    """A stored message whose ack is not sent yet, and the users whose confirmation it waits for. The ack of a repeat
    is added to `acks`, and gets the same payload."""

    stored: StoredMessage
    awaited: set[int]
    acks: list[DeferredAck] = field(default_factory=list)
    deadline: float = 0.0


@dataclass(slots=True, eq=False)
class Watermarks:
    """The cost of raising a watermark does not depend on the count of members: they are counted by their delivered
    watermark, which has only a few distinct values at a time."""

    conversation_id: int
    is_group: bool
    usernames: dict[int, str]
    delivered: dict[int, int]
    read: dict[int, int]
    unwatched_up_to: int
    """Messages up to this sequence are not watched in memory. The database has to be asked for them."""
    undelivered: dict[int, int] = field(default_factory=dict)
    """The watched messages: the sender's id by sequence, oldest first, until the message is delivered to all."""
    pending_acks: dict[int, PendingAck] = field(default_factory=dict)
    unsaved: set[int] = field(default_factory=set)
    unsent_receipts: dict[int, bool] = field(default_factory=dict)
    """The members whose watermarks rose since the last receipt, with whether the delivered one did."""
    _counts: dict[int, int] = field(default_factory=dict)
    _lowest: int = 0
    _undelivered_of: dict[int, dict[int, None]] = field(default_factory=dict)

    @classmethod
    def of(cls, conversation_id: int, is_group: bool, last_sequence: int, members: list[Member]) -> "Watermarks":
        watermarks = cls(
            conversation_id,
            is_group,
            {member.user_id: member.username for member in members},
            {member.user_id: member.delivered for member in members},
            {member.user_id: member.read for member in members},
            last_sequence,
        )
        for delivered in watermarks.delivered.values():
            watermarks._counts[delivered] = watermarks._counts.get(delivered, 0) + 1
        watermarks._lowest = min(watermarks._counts, default=0)
        return watermarks

    def add_member(self, member: Member) -> None:
        """Adds a new member. The watermarks of a known member stay, since they may be newer than the database's."""
        if member.user_id in self.delivered:
            return
        self.usernames[member.user_id] = member.username
        self.delivered[member.user_id] = member.delivered
        self.read[member.user_id] = member.read
        self._counts[member.delivered] = self._counts.get(member.delivered, 0) + 1
        self._lowest = min(self._counts)

    def remove_member(self, user_id: int) -> None:
        """Removes a member who left."""
        delivered = self.delivered.pop(user_id, None)
        if delivered is None:
            return
        del self.usernames[user_id], self.read[user_id]
        self.unsaved.discard(user_id)
        self.unsent_receipts.pop(user_id, None)
        self._counts[delivered] -= 1
        if not self._counts[delivered]:
            del self._counts[delivered]
            self._lowest = min(self._counts, default=0)

    def raise_delivered(self, user_id: int, sequence: int) -> int | None:
        """The previous watermark if it rose. None if it did not, or if the user is not a member."""
        before = self.delivered.get(user_id)
        if before is None or sequence <= before:
            return None
        self.delivered[user_id] = sequence
        counts = self._counts
        counts[sequence] = counts.get(sequence, 0) + 1
        remaining = counts[before] - 1
        if remaining:
            counts[before] = remaining
        else:
            del counts[before]
            if before == self._lowest:
                self._lowest = min(counts)
        return before

    def raise_read(self, user_id: int, sequence: int) -> bool:
        if sequence <= self.read.get(user_id, sequence):
            return False
        self.read[user_id] = sequence
        return True

    def is_delivered(self, sender_id: int, sequence: int) -> bool:
        """Whether a message was delivered to every member other than its sender."""
        if self._lowest >= sequence:
            return True
        if self.delivered.get(sender_id) != self._lowest or self._counts[self._lowest] > 1:
            # Another member has the lowest watermark, unless there are no members at all.
            return not self._counts
        return all(mark >= sequence for mark in self._counts if mark != self._lowest)

    def may_have_completed(self, before: int) -> bool:
        """Whether a message may have become delivered to all when a member's watermark rose from `before`."""
        return self._lowest > before or self._counts.get(self._lowest) == 1

    def watch(self, sender_id: int, sequence: int) -> None:
        """Watches a message until it is delivered to all. Beyond LARGEST_UNDELIVERED the oldest is watched no more."""
        self.undelivered[sequence] = sender_id
        self._undelivered_of.setdefault(sender_id, {})[sequence] = None
        if len(self.undelivered) > LARGEST_UNDELIVERED:
            self.unwatched_up_to = next(iter(self.undelivered))
            self.unwatch(self.unwatched_up_to)

    def unwatch(self, sequence: int) -> None:
        """Stops watching a message."""
        sender_id = self.undelivered.pop(sequence, None)
        if sender_id is not None:
            own = self._undelivered_of[sender_id]
            del own[sequence]
            if not own:
                del self._undelivered_of[sender_id]

    def take_delivered(self) -> list[int]:
        """Stops watching the messages that are delivered to all and have no pending ack. Returns their sequences."""
        if self.undelivered.keys() <= self.pending_acks.keys():
            return []
        delivered = [*_up_to(self._lowest, self.undelivered), *self._delivered_of_lowest_member()]
        taken = [sequence for sequence in delivered if sequence not in self.pending_acks]
        for sequence in taken:
            self.unwatch(sequence)
        return taken

    def _delivered_of_lowest_member(self) -> list[int]:
        """Messages above the lowest watermark that are delivered to all, since only their sender has that watermark."""
        if self._counts.get(self._lowest) != 1:
            return []
        second = min((mark for mark in self._counts if mark != self._lowest), default=LARGEST_SEQUENCE)
        for sender_id, own in self._undelivered_of.items():
            if self.delivered.get(sender_id) == self._lowest:
                return [sequence for sequence in _up_to(second, own) if sequence > self._lowest]
        return []

    def snapshot(self) -> LowestWatermarks:
        """The two lowest watermarks, for a caller that yields before it uses them. Iterates over all members."""
        if not self._counts:
            return ALL_DELIVERED
        if self._counts[self._lowest] > 1:
            return LowestWatermarks(None, self._lowest, self._lowest)
        holder = next(user_id for user_id, mark in self.delivered.items() if mark == self._lowest)
        second = min((mark for mark in self._counts if mark != self._lowest), default=LARGEST_SEQUENCE)
        return LowestWatermarks(holder, self._lowest, second)

    def marks_of(self, user_ids: Iterable[int]) -> list[tuple[int, int, int]]:
        """Each of these members with their delivered and their read watermark."""
        delivered, read = self.delivered, self.read
        return [(user_id, delivered[user_id], read[user_id]) for user_id in user_ids]

    def missing(self, sender_id: int, sequence: int) -> set[int]:
        """The members other than the sender to whom a message was not delivered."""
        return {user_id for user_id, mark in self.delivered.items() if mark < sequence and user_id != sender_id}


def _up_to(last: int, sequences: Iterable[int]) -> Iterable[int]:
    """The leading part of ascending sequences, up to and including `last`."""
    return takewhile(lambda sequence: sequence <= last, sequences)
