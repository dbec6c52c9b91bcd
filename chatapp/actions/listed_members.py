"""The members of a conversation as one of them sees them, with their watermarks."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from operator import attrgetter, itemgetter
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


def members_by_group(member_rows: Iterable[Any]) -> dict[int, GroupMembers]:
    """The members of each group by its id, from rows of conversation id, user id, watermarks and role."""
    by_group: dict[int, list[Any]] = {}
    user_ids: set[int] = set()
    for row in member_rows:
        by_group.setdefault(row[0], []).append(row)
        user_ids.add(row[1])
    names = usernames_of(user_ids) if user_ids else {}
    groups = {}
    for conversation_id, group_rows in by_group.items():
        lowest = lowest_of(sorted(((row[1], row[2]) for row in group_rows), key=itemgetter(1)))
        members = [ListedMember(row[1], names[row[1]], row[2], row[3], row[4]) for row in group_rows]
        groups[conversation_id] = GroupMembers(lowest, sorted(members, key=attrgetter("username")))
    return groups
