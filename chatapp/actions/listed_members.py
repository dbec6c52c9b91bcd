"""The members of a conversation as one of them sees them, with their watermarks."""

from dataclasses import dataclass, replace

from chatapp.actions.messages import LowestWatermarks
from chatapp.actions.sharing import ReadsShown

HIDDEN = 2**40
"""What a read watermark that is not shown adds to a sum of watermarks: more than they rise. So sums differ when a
member begins or ceases to show it."""


@dataclass(slots=True)
class ListedMember:
    """A member, with watermarks and role. `read` is None if the viewer does not see it."""

    user_id: int
    username: str
    delivered: int
    read: int | None
    role: str


@dataclass(slots=True)
class GroupMembers:
    """The members of one group, ordered by username, and the two lowest delivered watermarks among them."""

    lowest: LowestWatermarks
    members: list[ListedMember]

    def as_seen(self, reads: ReadsShown) -> list[ListedMember]:
        """Without what others have read, where the viewer does not see it."""
        if not reads.hidden:
            return self.members
        return [member if reads.is_shown(member.user_id) else replace(member, read=None) for member in self.members]


def sum_of(members: list[ListedMember]) -> int:
    """The sum of the members' watermarks, as a client computes it."""
    return sum(member.delivered + (HIDDEN if member.read is None else member.read) for member in members)
