"""The delivered watermarks of a conversation, in memory while it is being talked in."""

from dataclasses import dataclass, field
from heapq import nsmallest

from chatapp.actions.messages import Lowest, lowest_of
from chatapp.actions.receipts import Member


@dataclass(slots=True)
class Watermarks:
    """Of one conversation's members. Knows the lowest two, and looks for them again only when one of those rose."""

    is_group: bool
    usernames: dict[int, str]
    delivered: dict[int, int]
    read: dict[int, int]
    _lowest: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, is_group: bool, members: list[Member]) -> "Watermarks":
        return cls(
            is_group,
            {one.user_id: one.username for one in members},
            {one.user_id: one.delivered for one in members},
            {one.user_id: one.read for one in members},
        )

    def raise_delivered(self, user_id: int, sequence: int) -> int | None:
        """The watermark before, if it rose; None if it did not, or the user is no member."""
        before = self.delivered.get(user_id)
        if before is None or sequence <= before:
            return None
        self.delivered[user_id] = sequence
        if user_id in self._lowest:
            self._lowest = []
        return before

    def raise_read(self, user_id: int, sequence: int) -> bool:
        if sequence <= self.read.get(user_id, sequence):
            return False
        self.read[user_id] = sequence
        return True

    def lowest(self) -> Lowest:
        if not self._lowest:
            self._lowest = nsmallest(2, self.delivered, key=self.delivered.__getitem__)
        return lowest_of([(user_id, self.delivered[user_id]) for user_id in self._lowest])

    def missing(self, sender_id: int, sequence: int) -> set[int]:
        """The members other than the sender who have not been delivered a message."""
        return {user_id for user_id, mark in self.delivered.items() if mark < sequence and user_id != sender_id}
