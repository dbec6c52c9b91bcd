"""The watermarks of one conversation's members, in memory while it is being talked in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile

from chatapp.actions.messages import ALL_DELIVERED, Lowest
from chatapp.actions.receipts import Member
from chatapp.journal import StoredMessage
from chatapp.payloads import LARGEST_SEQUENCE
from chatapp.realtime.engine.deferred_ack import DeferredAck

LARGEST_UNDELIVERED = 1_000
"""Messages watched in one conversation: where somebody is away for long, there is no end to them."""


@dataclass(slots=True)
class Waiting:
    """A stored message whose ack has not been sent, and the users whose confirmation it waits for. A repeat of it waits
    with it: the two get one answer."""

    stored: StoredMessage
    awaited: set[int]
    replies: list[DeferredAck] = field(default_factory=list)
    deadline: float = 0.0


@dataclass(slots=True, eq=False)
class Watermarks:
    """Raising one costs the same however many members there are: members are counted by their delivered watermark, and
    there are only ever a few different ones at a time."""

    conversation_id: int
    is_group: bool
    usernames: dict[int, str]
    delivered: dict[int, int]
    read: dict[int, int]
    asked_from: int
    """Messages up to here were stored before anybody watched: whether they are delivered, the database knows."""
    undelivered: dict[int, int] = field(default_factory=dict)
    """The senders of later messages that are not delivered to all yet, by sequence, oldest first."""
    waiting: dict[int, Waiting] = field(default_factory=dict)
    unsaved: set[int] = field(default_factory=set)
    untold: set[int] = field(default_factory=set)
    _counts: dict[int, int] = field(default_factory=dict)
    _lowest: int = 0
    _undelivered_of: dict[int, dict[int, None]] = field(default_factory=dict)

    @classmethod
    def of(cls, conversation_id: int, is_group: bool, last_sequence: int, members: list[Member]) -> "Watermarks":
        found = cls(
            conversation_id,
            is_group,
            {one.user_id: one.username for one in members},
            {one.user_id: one.delivered for one in members},
            {one.user_id: one.read for one in members},
            last_sequence,
        )
        for mark in found.delivered.values():
            found._counts[mark] = found._counts.get(mark, 0) + 1
        found._lowest = min(found._counts, default=0)
        return found

    def add_member(self, member: Member) -> None:
        """Somebody joined, with watermarks at what was said before; who is known already keeps theirs."""
        if member.user_id in self.delivered:
            return
        self.usernames[member.user_id] = member.username
        self.delivered[member.user_id] = member.delivered
        self.read[member.user_id] = member.read
        self._counts[member.delivered] = self._counts.get(member.delivered, 0) + 1
        self._lowest = min(self._counts)

    def remove_member(self, user_id: int) -> None:
        """Somebody left, whom nothing waits for any more."""
        mark = self.delivered.pop(user_id, None)
        if mark is None:
            return
        del self.usernames[user_id], self.read[user_id]
        self.unsaved.discard(user_id)
        self.untold.discard(user_id)
        self._counts[mark] -= 1
        if not self._counts[mark]:
            del self._counts[mark]
            self._lowest = min(self._counts, default=0)

    def raise_delivered(self, user_id: int, sequence: int) -> int | None:
        """The watermark before, if it rose; None if it did not, or the user is no member."""
        before = self.delivered.get(user_id)
        if before is None or sequence <= before:
            return None
        self.delivered[user_id] = sequence
        counts = self._counts
        counts[sequence] = counts.get(sequence, 0) + 1
        left = counts[before] - 1
        if left:
            counts[before] = left
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
        """Whether every member other than the sender has been delivered a message."""
        if self._lowest >= sequence:
            return True
        if self.delivered.get(sender_id) != self._lowest or self._counts[self._lowest] > 1:
            # Somebody else is behind; or there is nobody at all, who would be behind.
            return not self._counts
        return all(mark >= sequence for mark in self._counts if mark != self._lowest)

    def may_have_completed(self, before: int) -> bool:
        """Whether some message after `before` may be delivered to all, now that one member's watermark left there."""
        return self._lowest > before or self._counts.get(self._lowest) == 1

    def watch(self, sender_id: int, sequence: int) -> None:
        """A message was stored that is not delivered to all yet. Of too many, the oldest are left to the database."""
        self.undelivered[sequence] = sender_id
        self._undelivered_of.setdefault(sender_id, {})[sequence] = None
        if len(self.undelivered) > LARGEST_UNDELIVERED:
            self.asked_from = next(iter(self.undelivered))
            self.unwatch(self.asked_from)

    def unwatch(self, sequence: int) -> None:
        """A message is delivered to all and its sender knows."""
        sender_id = self.undelivered.pop(sequence, None)
        if sender_id is not None:
            own = self._undelivered_of[sender_id]
            del own[sequence]
            if not own:
                del self._undelivered_of[sender_id]

    def take_delivered(self) -> list[int]:
        """The watched messages that everybody has now and whose acks have been sent; they are watched no more."""
        if self.undelivered.keys() <= self.waiting.keys():
            return []
        found = [*_up_to(self._lowest, self.undelivered), *self._delivered_of_the_last()]
        found = [sequence for sequence in found if sequence not in self.waiting]
        for sequence in found:
            self.unwatch(sequence)
        return found

    def _delivered_of_the_last(self) -> list[int]:
        """Whoever alone is further behind than all others may have said something that these all have."""
        if self._counts.get(self._lowest) != 1:
            return []
        second = min((mark for mark in self._counts if mark != self._lowest), default=LARGEST_SEQUENCE)
        for sender_id, own in self._undelivered_of.items():
            if self.delivered.get(sender_id) == self._lowest:
                return [sequence for sequence in _up_to(second, own) if sequence > self._lowest]
        return []

    def snapshot(self) -> Lowest:
        """What is delivered now, for whoever has to wait before asking; it looks at every member."""
        if not self._counts:
            return ALL_DELIVERED
        if self._counts[self._lowest] > 1:
            return Lowest(None, self._lowest, self._lowest)
        last = next(user_id for user_id, mark in self.delivered.items() if mark == self._lowest)
        second = min((mark for mark in self._counts if mark != self._lowest), default=LARGEST_SEQUENCE)
        return Lowest(last, self._lowest, second)

    def missing(self, sender_id: int, sequence: int) -> set[int]:
        """The members other than the sender who have not been delivered a message."""
        return {user_id for user_id, mark in self.delivered.items() if mark < sequence and user_id != sender_id}


def _up_to(last: int, sequences: Iterable[int]) -> Iterable[int]:
    """Of sequences in order, those that are no higher."""
    return takewhile(lambda sequence: sequence <= last, sequences)
