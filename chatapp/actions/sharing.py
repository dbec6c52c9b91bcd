"""Who shows others what they have read. Whoever does not show it sees it of nobody."""

from collections.abc import Set
from dataclasses import dataclass

from sqlalchemy import bindparam, false, select

from chatapp.models.tables import USER_SETTINGS
from chatapp.prepared_statements import tuples

HIDDEN_READERS = select(USER_SETTINGS.c.user_id).where(USER_SETTINGS.c.shares_reads == false())
HIDDEN_TYPISTS = select(USER_SETTINGS.c.user_id).where(USER_SETTINGS.c.shares_typing == false())
SHARES_LAST_SEEN = select(USER_SETTINGS.c.shares_last_seen).where(USER_SETTINGS.c.user_id == bindparam("user_id"))


@dataclass(frozen=True, slots=True)
class ReadsShown:
    """`hidden` holds the ids of the users who do not show what they have read."""

    viewer_id: int
    hidden: Set[int]

    def is_shown(self, user_id: int) -> bool:
        """Whether the viewer sees what this user has read. Everybody sees their own."""
        return user_id == self.viewer_id or not (self.viewer_id in self.hidden or user_id in self.hidden)


def hidden_readers() -> Set[int]:
    """The ids of the users who do not show what they have read."""
    return {row[0] for row in tuples(HIDDEN_READERS)}


def hidden_typists() -> Set[int]:
    """The ids of the users who do not show that they are typing."""
    return {row[0] for row in tuples(HIDDEN_TYPISTS)}


def shares_last_seen(user_id: int) -> bool:
    """Whether a user shows when they were last connected, and so sees it of others."""
    rows = tuples(SHARES_LAST_SEEN, user_id=user_id)
    return not rows or bool(rows[0][0])
