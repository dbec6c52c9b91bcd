"""The drafts that wait for a transaction, which take so much memory and no more."""

import threading
from collections import deque

from chatapp.errors import Unavailable
from chatapp.journal.drafts import MessageDraft
from chatapp.journal.transaction import QueuedDraft

BATCH_LIMIT = 500
"""Drafts in one transaction. Limits the parameters of a statement (SQLite allows 32,766) and the latency of a batch."""

BATCH_CHARACTERS = 262_144
"""Characters of content in one transaction, and so in one fan-out. A connection's buffer holds that much, and readers
can drain it before the next fan-out."""

DRAFT_BYTES = 1_024
"""What a draft takes beside its content."""

SIZE = 67_108_864
"""The default of CHATAPP_JOURNAL_BYTES, in bytes."""

FULL = "full"
"""The reason that a refusal names."""


class DraftQueue:
    """Safe to use from any thread. `most_bytes` is the size of CHATAPP_JOURNAL_BYTES."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._drafts: deque[QueuedDraft] = deque()
        self._bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._drafts)

    def add(self, queued: QueuedDraft) -> bool:
        """Returns whether there was room. If there was none, the draft is refused."""
        size = _size(queued)
        with self._lock:
            if self._bytes + size <= self._most_bytes:
                self._bytes += size
                self._drafts.append(queued)
                return True
        queued.done(Unavailable("Too much waits to be stored at the moment. Please try again.", reason=FULL))
        return False

    def take(self) -> list[QueuedDraft]:
        """Removes the oldest drafts, up to the limits of one transaction."""
        drafts: list[QueuedDraft] = []
        characters = 0
        with self._lock:
            while self._drafts and len(drafts) < BATCH_LIMIT and characters < BATCH_CHARACTERS:
                drafts.append(queued := self._drafts.popleft())
                self._bytes -= _size(queued)
                characters += _characters(queued)
        return drafts

    def take_all(self) -> list[QueuedDraft]:
        with self._lock:
            drafts = list(self._drafts)
            self._drafts.clear()
            self._bytes = 0
        return drafts


def _characters(queued: QueuedDraft) -> int:
    return len(queued.draft.content) if isinstance(queued.draft, MessageDraft) else 0


def _size(queued: QueuedDraft) -> int:
    return DRAFT_BYTES + _characters(queued)
