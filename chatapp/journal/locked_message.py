"""A message whose conversation is locked while a batch of reactions and votes is stored."""

from collections.abc import Sequence
from typing import Any

from chatapp.journal.drafts import TouchedMessage


class LockedMessage:
    """Made of a row of `feedback_batch.py: CONVERSATIONS` and one of its MESSAGES. `options` is None for a message
    that is no poll. Instants are in microseconds since 1970 UTC. A message that is changed gets a `revision`."""

    __slots__ = (
        "closed_at",
        "closes_at",
        "is_blocked",
        "is_changed",
        "is_deleted",
        "is_multiple",
        "options",
        "revision",
        "shares_history",
        "touched",
    )

    def __init__(self, conversation: Sequence[Any], row: Sequence[Any]) -> None:
        conversation_id, sequence, deleted_at, options, is_multiple, closes_at, closed_at = row
        self.touched = TouchedMessage(conversation_id, sequence, conversation[1])
        self.shares_history = bool(conversation[2])
        self.is_blocked = bool(conversation[5])
        self.is_deleted = deleted_at is not None
        self.options: tuple[str, ...] | None = None if options is None else tuple(options.split("\n"))
        self.is_multiple = bool(is_multiple)
        self.closes_at: int | None = closes_at
        self.closed_at: int | None = closed_at
        self.is_changed = False
        self.revision = 0

    @property
    def key(self) -> tuple[int, int]:
        """The conversation id and the sequence."""
        return self.touched.conversation_id, self.touched.sequence

    def is_closed(self, at: int) -> bool:
        """Whether the poll has ended."""
        return self.closed_at is not None or (self.closes_at is not None and self.closes_at <= at)
