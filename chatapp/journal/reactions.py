"""The reactions of one batch: which of them change something, and their rows."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from chatapp.database import WriterConnection
from chatapp.errors import ChatError, LimitReached
from chatapp.journal.drafts import ReactionDraft
from chatapp.journal.locked_message import LockedMessage
from chatapp.journal.values import flat, value_rows
from chatapp.payload_fields import MOST_EMOJI

KNOWN = """WITH wanted (conversation_id, sequence, emoji, user_id) AS (VALUES {rows})
SELECT r.conversation_id, r.sequence, r.emoji, r.user_id FROM wanted w CROSS JOIN reaction r
WHERE r.conversation_id = w.conversation_id AND r.sequence = w.sequence AND r.emoji = w.emoji
AND r.user_id = w.user_id AND NOT r.is_removed"""

COUNTS = """WITH wanted (conversation_id, sequence) AS (VALUES {rows})
SELECT r.conversation_id, r.sequence, r.emoji, COUNT(*) FROM wanted w CROSS JOIN reaction r
WHERE r.conversation_id = w.conversation_id AND r.sequence = w.sequence AND NOT r.is_removed
GROUP BY r.conversation_id, r.sequence, r.emoji"""

STORE = """INSERT INTO reaction (conversation_id, sequence, emoji, user_id, is_removed, reacted_at, revision)
VALUES {rows} ON CONFLICT (conversation_id, sequence, emoji, user_id) DO UPDATE
SET is_removed = excluded.is_removed, reacted_at = excluded.reacted_at, revision = excluded.revision"""

Key = tuple[int, int, str, int]
"""The primary key: conversation id, sequence, emoji, user id."""


class Reactions:
    """`wanted` are the drafts with their messages, which `add` may still refuse. `at` is the time of the batch."""

    def __init__(self, connection: WriterConnection, wanted: Sequence[tuple[Any, LockedMessage]], at: int) -> None:
        self._connection = connection
        self._at = at
        self._present: set[Key] = set()
        self._counts: dict[tuple[int, int], Counter[str]] = {}
        self._changed: dict[Key, tuple[bool, int, LockedMessage]] = {}
        if wanted:
            self._read(wanted)

    def add(self, draft: ReactionDraft, message: LockedMessage) -> ChatError | None:
        """Adds the reaction or takes it back; returns a refusal. What changes nothing does not change the message."""
        key = (*message.key, draft.emoji, draft.user_id)
        if draft.is_on == (key in self._present):
            return None
        counts = self._counts[message.key]
        if draft.is_on:
            if draft.emoji not in counts and len(counts) >= MOST_EMOJI:
                return LimitReached(f"A message can have {MOST_EMOJI} different reactions.", limit=MOST_EMOJI)
            self._present.add(key)
            counts[draft.emoji] += 1
        else:
            self._present.remove(key)
            counts[draft.emoji] -= 1
            if not counts[draft.emoji]:
                del counts[draft.emoji]
        # A microsecond apart, because reactions are listed in the order in which they came.
        self._at += 1
        self._changed[key] = (draft.is_on, self._at, message)
        message.is_changed = True
        return None

    def store(self) -> None:
        """Writes the rows of the reactions that changed. Their messages have a revision by now."""
        if not self._changed:
            return
        rows = [(*key, not is_on, at, message.revision) for key, (is_on, at, message) in self._changed.items()]
        self._connection.execute(STORE.format(rows=value_rows(7, len(rows))), flat(rows))

    def _read(self, wanted: Sequence[tuple[Any, LockedMessage]]) -> None:
        keys = {(*message.key, draft.emoji, draft.user_id) for draft, message in wanted}
        sql = KNOWN.format(rows=value_rows(4, len(keys)))
        self._present = {tuple(row) for row in self._connection.execute(sql, flat(keys)).fetchall()}
        self._counts = {message.key: Counter() for _, message in wanted}
        sql = COUNTS.format(rows=value_rows(2, len(self._counts)))
        for conversation_id, sequence, emoji, count in self._connection.execute(sql, flat(self._counts)).fetchall():
            self._counts[conversation_id, sequence][emoji] = count
