"""Adds the jobs of web push to a transaction: one for each conversation with new messages, and one for each that was
read while a notification of it is shown. Whom they concern is found out when they run."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from chatapp.clock import monotonic, now
from chatapp.database import WriterConnection
from chatapp.jobs import NewJob, enqueue_rows
from chatapp.journal.drafts import StoredMessage, WatermarkUpdates
from chatapp.journal.values import placeholders
from chatapp.notices import Notice

NOTIFY = "push"
TAKE_AWAY = "push_read"

READING = timedelta(seconds=2)
"""How long a message waits for being read on a device where its conversation is open."""
BURST = timedelta(seconds=0.5)
"""In which messages of a conversation come together in one notification."""
TAKE_AWAY_DELAY = timedelta(seconds=1)
"""In which the watermarks of several members come together."""

LOOK_SECONDS = 1.0
"""How late this process may notice that somebody subscribes where nobody did. Without a subscription nothing else is
done for any message."""

IS_WANTED = "SELECT 1 FROM push_subscription LIMIT 1"
SHOWN = "SELECT conversation_id, user_id FROM shown_notification WHERE conversation_id IN ({ids})"
IDS_AT_ONCE = 500


class PushJobs:
    """Of one writer."""

    def __init__(self) -> None:
        self._is_wanted = False
        self._looked_at: float | None = None

    def add(
        self, connection: WriterConnection, messages: list[StoredMessage], watermarks: WatermarkUpdates
    ) -> list[Notice]:
        """Returns the notices to send."""
        if not (messages or watermarks) or not self._look(connection):
            return []
        due_at = now() + READING + BURST
        jobs = [_job(NOTIFY, one, due_at) for one in {message.conversation_id for message in messages}]
        read = {pair for pair, watermark in watermarks.items() if watermark.read}
        # Senders have read what they write.
        read |= {(message.conversation_id, message.sender_id) for message in messages}
        due_at = now() + TAKE_AWAY_DELAY
        jobs += [_job(TAKE_AWAY, one, due_at) for one in _shown(connection, read)]
        return enqueue_rows(connection, jobs) if jobs else []

    def _look(self, connection: WriterConnection) -> bool:
        at = monotonic()
        if self._looked_at is None or at - self._looked_at >= LOOK_SECONDS:
            self._looked_at = at
            self._is_wanted = connection.execute(IS_WANTED).fetchone() is not None
        return self._is_wanted


def _job(kind: str, conversation_id: int, due_at: Any) -> NewJob:
    return NewJob(kind, {"conversation": conversation_id}, due_at, str(conversation_id))


def _shown(connection: WriterConnection, read: Iterable[tuple[int, int]]) -> set[int]:
    """The conversations of these pairs of a conversation and a user to whom a notification of it is shown."""
    pairs = set(read)
    ids = sorted({conversation_id for conversation_id, _ in pairs})
    found: set[tuple[int, int]] = set()
    for start in range(0, len(ids), IDS_AT_ONCE):
        chunk = ids[start : start + IDS_AT_ONCE]
        rows = connection.execute(SHOWN.format(ids=placeholders(chunk)), chunk).fetchall()
        found |= {(row[0], row[1]) for row in rows}
    return {conversation_id for conversation_id, _ in found & pairs}
