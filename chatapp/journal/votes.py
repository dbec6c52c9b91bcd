"""The votes of one batch: which of them are valid and change something, and their rows."""

from collections.abc import Sequence
from typing import Any

from chatapp.database import WriterConnection
from chatapp.errors import ChatError, InvalidInput, NotFound, PollClosed
from chatapp.journal.drafts import VoteDraft
from chatapp.journal.locked_message import LockedMessage
from chatapp.journal.values import flat, value_rows

KNOWN = """WITH wanted (conversation_id, sequence, user_id) AS (VALUES {rows})
SELECT v.conversation_id, v.sequence, v.user_id, v.choices FROM wanted w CROSS JOIN poll_vote v
WHERE v.conversation_id = w.conversation_id AND v.sequence = w.sequence AND v.user_id = w.user_id"""

STORE = """INSERT INTO poll_vote (conversation_id, sequence, user_id, choices, voted_at, revision)
VALUES {rows} ON CONFLICT (conversation_id, sequence, user_id) DO UPDATE
SET choices = excluded.choices, voted_at = excluded.voted_at, revision = excluded.revision"""

Key = tuple[int, int, int]
"""The primary key: conversation id, sequence, user id."""


class Votes:
    """`wanted` are the drafts with their messages, which `add` may still refuse. `at` is the time of the batch."""

    def __init__(self, connection: WriterConnection, wanted: Sequence[tuple[Any, LockedMessage]], at: int) -> None:
        self._connection = connection
        self._at = self._voted_at = at
        self._choices: dict[Key, int] = {}
        self._changed: dict[Key, tuple[int, int, LockedMessage]] = {}
        if wanted:
            keys = {(*message.key, draft.user_id) for draft, message in wanted}
            sql = KNOWN.format(rows=value_rows(3, len(keys)))
            self._choices = {tuple(row[:3]): row[3] for row in connection.execute(sql, flat(keys)).fetchall()}

    def add(self, draft: VoteDraft, message: LockedMessage) -> ChatError | None:
        """Replaces the user's vote; returns a refusal. What changes nothing does not change the message."""
        refusal = self._refusal_of(draft, message)
        if refusal is not None:
            return refusal
        key = (*message.key, draft.user_id)
        choices = sum(1 << option for option in set(draft.options))
        if choices == self._choices.get(key, 0):
            return None
        self._choices[key] = choices
        # A microsecond apart, because voters are listed in the order in which they voted.
        self._voted_at += 1
        self._changed[key] = (choices, self._voted_at, message)
        message.is_changed = True
        return None

    def store(self) -> None:
        """Writes the rows of the votes that changed. Their messages have a revision by now."""
        if not self._changed:
            return
        rows = [(*key, choices, at, message.revision) for key, (choices, at, message) in self._changed.items()]
        self._connection.execute(STORE.format(rows=value_rows(6, len(rows))), flat(rows))

    def _refusal_of(self, draft: VoteDraft, message: LockedMessage) -> ChatError | None:
        if message.options is None:
            return NotFound("This message is not a poll.", messageId=draft.message_id)
        if message.is_closed(self._at):
            return PollClosed("This poll is closed.")
        count = len(message.options)
        if any(option >= count for option in draft.options):
            return InvalidInput("There is no such option.", fields={"options": f"must be below {count}"})
        if len(set(draft.options)) > 1 and not message.is_multiple:
            return InvalidInput("This poll allows one option.", fields={"options": "must be one at most"})
        return None
