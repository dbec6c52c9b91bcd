"""Who still has to confirm which message; tells its sender when everybody has.

A sender's ack waits until every recipient who is online has confirmed, at most the window. What is confirmed after that
reaches the sender as an event.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from chatapp import serializers
from chatapp.actions.messages import messages_between
from chatapp.actions.receipts import members_with_watermarks
from chatapp.clock import monotonic
from chatapp.journal import Journal, StoredMessage
from chatapp.realtime.watermarks import Watermarks
from chatapp.serializers import MessageAckShape, MessageShape

KEPT_CONVERSATIONS = 20_000
"""Conversations whose watermarks stay in memory, the least recently used forgotten first: 1 kB for a pair of people."""


@dataclass(slots=True)
class _Waiting:
    """A stored message whose ack has not been sent."""

    stored: StoredMessage
    awaited: set[int]
    reply: "Future[MessageAckShape] | None" = None
    deadline: float = field(default=float("inf"))


class Delivery:
    """Thread-safe. `tell` gets each message that became delivered to all after its ack, with its sender's name."""

    def __init__(
        self,
        journal: Journal,
        context: Callable[[], AbstractContextManager[object]],
        window_seconds: float,
        is_online: Callable[[int], bool],
        tell: Callable[[MessageShape, str], None],
        watermark_rose: Callable[[int, int], None],
    ) -> None:
        self._journal = journal
        self._context = context
        self._window_seconds = window_seconds
        self._is_online = is_online
        self._tell = tell
        self._watermark_rose = watermark_rose
        self._lock = threading.RLock()
        self._known: OrderedDict[int, Watermarks] = OrderedDict()
        self._waiting: dict[int, dict[int, _Waiting]] = {}
        self._deadlines: deque[_Waiting] = deque()

    def track(self, stored: StoredMessage) -> bool:
        """A message is about to be fanned out. Returns whether everybody has it already, as when talking to oneself."""
        with self._lock:
            watermarks = self.watermarks(stored.conversation_id)
            if stored.is_awaited:
                missing = watermarks.missing(stored.sender_id, stored.sequence)
                awaited = {user_id for user_id in missing if self._is_online(user_id)}
                self._waiting.setdefault(stored.conversation_id, {})[stored.sequence] = _Waiting(stored, awaited)
            return watermarks.lowest().is_delivered(stored.sender_id, stored.sequence)

    def answer(self, stored: StoredMessage, reply: "Future[MessageAckShape]") -> None:
        """Sets the reply when nobody who is online is missing any more, at the latest after the window."""
        with self._lock:
            waiting = self._waiting.get(stored.conversation_id, {}).get(stored.sequence)
            if waiting is None or stored.is_repeat:
                reply.set_result(self._ack(stored))
                return
            waiting.reply = reply
            waiting.deadline = monotonic() + self._window_seconds
            self._deadlines.append(waiting)
            if not waiting.awaited:
                self._settle(waiting)

    def confirm(self, conversation_id: int, user_id: int, sequence: int, read: int = 0) -> None:
        """A member has been delivered everything up to `sequence`, and has read up to `read`."""
        if self.rose(conversation_id, user_id, max(sequence, read), read):
            self._journal.raise_watermark(conversation_id, user_id, max(sequence, read), read)

    def rose(self, conversation_id: int, user_id: int, delivered: int, read: int) -> bool:
        """As `confirm`, of a watermark that is stored already. Returns whether it was news here."""
        with self._lock:
            watermarks = self.watermarks(conversation_id)
            before = watermarks.raise_delivered(user_id, delivered)
            was_read = watermarks.raise_read(user_id, read)
            if before is None and not was_read:
                return False
            told = []
            if before is not None:
                # In this order: what still waits hears of it by its ack, and must not be told twice.
                told = self._late(conversation_id, watermarks, before, delivered, user_id)
                self._confirm_waiting(conversation_id, user_id, before, delivered)
        for stored in told:
            self._tell(serializers.message(stored, delivered=True), stored.sender)
        self._watermark_rose(conversation_id, user_id)
        return True

    def watermarks(self, conversation_id: int) -> Watermarks:
        """A conversation's, from memory or from the database."""
        with self._lock:
            known = self._known.get(conversation_id)
            if known is None:
                known = self._known[conversation_id] = self._load(conversation_id)
                self._forget_the_oldest()
            self._known.move_to_end(conversation_id)
            return known

    def went_offline(self, user_id: int) -> None:
        """Nobody waits for a user who is gone."""
        with self._lock:
            for conversation in list(self._waiting.values()):
                for waiting in list(conversation.values()):
                    self._strike_out(waiting, user_id)

    def expire(self) -> None:
        """Sends the acks whose window is over."""
        with self._lock:
            while self._deadlines and self._deadlines[0].deadline <= monotonic():
                self._settle(self._deadlines.popleft())

    def next_deadline(self) -> float | None:
        """When `expire` has something to do, on the monotonic clock."""
        return self._deadlines[0].deadline if self._deadlines else None

    def _confirm_waiting(self, conversation_id: int, user_id: int, before: int, delivered: int) -> None:
        conversation = self._waiting.get(conversation_id)
        if not conversation:
            return
        for sequence in [one for one in conversation if before < one <= delivered]:
            self._strike_out(conversation[sequence], user_id)

    def _strike_out(self, waiting: _Waiting, user_id: int) -> None:
        waiting.awaited.discard(user_id)
        if not waiting.awaited and waiting.reply is not None:
            self._settle(waiting)

    def _late(
        self, conversation_id: int, watermarks: Watermarks, before: int, delivered: int, user_id: int
    ) -> list[StoredMessage]:
        """The messages that this rise made delivered to all, whose senders are online and were acked before."""
        lowest = watermarks.lowest()
        if max(lowest.first, lowest.second if lowest.holder is not None else 0) <= before:
            return []
        waiting = self._waiting.get(conversation_id, {})
        if all(sequence in waiting for sequence in range(before + 1, delivered + 1)):
            return []
        return [
            one
            for one in self._between(conversation_id, before, delivered)
            if one.sequence not in waiting
            and one.sender_id != user_id
            and lowest.is_delivered(one.sender_id, one.sequence)
            and self._is_online(one.sender_id)
        ]

    def _between(self, conversation_id: int, after: int, last: int) -> list[StoredMessage]:
        found: list[StoredMessage] = []
        with self._context():
            while page := messages_between(conversation_id, after, last):
                found += page
                after = page[-1].sequence
        return found

    def _load(self, conversation_id: int) -> Watermarks:
        with self._context():
            return Watermarks.of(*members_with_watermarks(conversation_id))

    def _settle(self, waiting: _Waiting) -> None:
        conversation = self._waiting.get(waiting.stored.conversation_id, {})
        if conversation.pop(waiting.stored.sequence, None) is None:
            return
        if not conversation:
            del self._waiting[waiting.stored.conversation_id]
        if waiting.reply is not None:
            waiting.reply.set_result(self._ack(waiting.stored))

    def _ack(self, stored: StoredMessage) -> MessageAckShape:
        lowest = self.watermarks(stored.conversation_id).lowest()
        return serializers.message_ack(stored, delivered=lowest.is_delivered(stored.sender_id, stored.sequence))

    def _forget_the_oldest(self) -> None:
        while len(self._known) > KEPT_CONVERSATIONS:
            self._known.popitem(last=False)
