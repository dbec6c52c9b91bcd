"""Where the root message of a thread is."""

from typing import Any

from chatapp.models.conversation import other_of
from chatapp.models.tables import CONVERSATIONS

PARENTS = CONVERSATIONS.alias()
"""The conversation of the root message."""
ROOT_COLUMNS = (
    CONVERSATIONS.c.parent_id,
    CONVERSATIONS.c.root_sequence,
    PARENTS.c.direct_key.label("parent_key"),
)


def root_of(row: Any, username: str) -> tuple[str, bool, int] | None:
    """Of a thread: the receiver of the root message's conversation as this user names it, whether that is a group, and
    the sequence. None for any other conversation. The row has ROOT_COLUMNS."""
    if row.parent_id is None:
        return None
    key = row.parent_key
    return other_of(key, username) if key else str(row.parent_id), key is None, row.root_sequence
