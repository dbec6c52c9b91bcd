"""The members of a conversation as one of them sees them, with their watermarks."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from chatapp.actions.messages import LowestWatermarks, lowest_of
from chatapp.actions.sharing import ReadsShown
from chatapp.actions.usernames import usernames_of

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


_USERNAME, _DELIVERED = attrgetter("username"), attrgetter("delivered")


@dataclass(slots=True)
class GroupMembers:
    """The members of one group, ordered by username."""

    members: list[ListedMember]

    @property
    def lowest(self) -> LowestWatermarks:
        """The two lowest delivered watermarks among them."""
        ordered = sorted(self.members, key=_DELIVERED)
        return lowest_of([(member.user_id, member.delivered) for member in ordered[:2]])

    def as_seen(self, reads: ReadsShown) -> list[ListedMember]:
        """Without what others have read, where the viewer does not see it."""
        if not reads.hidden:
            return self.members
        return [member if reads.is_shown(member.user_id) else replace(member, read=None) for member in self.members]


def sum_of(members: list[ListedMember]) -> int:
    """The sum of the members' watermarks, as a client computes it."""
    return sum(member.delivered + (HIDDEN if member.read is None else member.read) for member in members)


def members_by_group(member_rows: Sequence[Any]) -> dict[int, GroupMembers]:
    """The members of each group by its id, from rows of conversation id, user id, watermarks and role."""
    by_group = defaultdict[int, list[ListedMember]](list)
    names = usernames_of({row[1] for row in member_rows}) if member_rows else {}
    for conversation_id, user_id, delivered, read, role in member_rows:
        by_group[conversation_id].append(ListedMember(user_id, names[user_id], delivered, read, role))
    for members in by_group.values():
        members.sort(key=_USERNAME)
    return {conversation_id: GroupMembers(members) for conversation_id, members in by_group.items()}
