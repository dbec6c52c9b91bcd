"""The watermarks of one conversation's members, in memory while it is being talked in."""

from dataclasses import dataclass, field

from chatapp.actions.receipts import Member
from chatapp.journal import StoredMessage
from chatapp.realtime.engine.reply import Reply


@dataclass(slots=True)
class Waiting:
    """A stored message whose ack has not been sent, and the users whose confirmation it waits for. Repeats of it wait too:
    they get the same answer."""

    stored: StoredMessage
    awaited: set[int]
    replies: list[Reply] = field(default_factory=list)
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
    waiting: dict[int, Waiting] = field(default_factory=dict)
    unsaved: set[int] = field(default_factory=set)
    untold: set[int] = field(default_factory=set)
    _counts: dict[int, int] = field(default_factory=dict)
    _lowest: int = 0

    @classmethod
    def of(cls, conversation_id: int, is_group: bool, members: list[Member]) -> "Watermarks":
        found = cls(
            conversation_id,
            is_group,
            {one.user_id: one.username for one in members},
            {one.user_id: one.delivered for one in members},
            {one.user_id: one.read for one in members},
        )
        for mark in found.delivered.values():
            found._counts[mark] = found._counts.get(mark, 0) + 1
        found._lowest = min(found._counts, default=0)
        return found

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

    def missing(self, sender_id: int, sequence: int) -> set[int]:
        """The members other than the sender who have not been delivered a message."""
        return {user_id for user_id, mark in self.delivered.items() if mark < sequence and user_id != sender_id}
