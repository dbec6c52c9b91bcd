"""Tells senders of messages that became delivered to all after their ack.

The messages are read from the database in the background, because confirmations are handled by the one greenlet that
handles the messages of all connections. During a database outage the ticks wait.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from chatapp import serializers
from chatapp.actions.messages import LowestWatermarks, messages_between
from chatapp.journal import StoredMessage
from chatapp.realtime.outages import retry_during_outage
from chatapp.shapes import MessageShape

log = logging.getLogger(__name__)


class LateTicks:
    """`send` is called with each message and its sender's username, if the sender is online. `start` runs a call in the
    background."""

    def __init__(
        self,
        context: Callable[[], AbstractContextManager[object]],
        is_online: Callable[[int], bool],
        send: Callable[[MessageShape, str], None],
        start: Callable[[Callable[[], None]], object],
    ) -> None:
        self._context = context
        self._is_online = is_online
        self._send = send
        self._start = start
        self._waiting: deque[tuple[int, Sequence[int], int, LowestWatermarks]] = deque()
        self._is_running = False
        self._lock = threading.Lock()

    def add(self, conversation_id: int, sequences: Sequence[int], user_id: int, lowest: LowestWatermarks) -> None:
        """Queues messages that may have become delivered to all by this user's confirmation. `lowest` holds the
        watermarks at that moment: a later confirmation queues its own messages."""
        with self._lock:
            self._waiting.append((conversation_id, sequences, user_id, lowest))
            is_running, self._is_running = self._is_running, True
        if not is_running:
            self._start(self._run)

    def _run(self) -> None:
        while (first := self._first()) is not None:
            try:
                retry_during_outage(self._send_ticks, *first)
            except Exception:
                log.exception("Telling a sender of a delivery failed")
            self._waiting.popleft()

    def _first(self) -> tuple[int, Sequence[int], int, LowestWatermarks] | None:
        with self._lock:
            self._is_running = bool(self._waiting)
            return self._waiting[0] if self._waiting else None

    def _send_ticks(
        self, conversation_id: int, sequences: Sequence[int], user_id: int, lowest: LowestWatermarks
    ) -> None:
        wanted = set(sequences)
        for message in self._read_messages(conversation_id, min(wanted) - 1, max(wanted)):
            sender_id, sequence = message.sender_id, message.sequence
            is_news = sequence in wanted and sender_id != user_id
            if is_news and self._is_online(sender_id) and lowest.is_delivered(sender_id, sequence):
                self._send(serializers.message(message, delivered=True), message.sender)

    def _read_messages(self, conversation_id: int, after: int, last: int) -> list[StoredMessage]:
        messages: list[StoredMessage] = []
        with self._context():
            while page := messages_between(conversation_id, after, last):
                messages += page
                after = page[-1].sequence
        return messages
