"""Who still has to confirm which message; tells its sender when everybody has.

A sender's ack waits until every recipient who is online has confirmed, at most the window. What is confirmed after that
reaches the sender as an event.

On eventlet's event loop nothing here waits between a check and the change that follows it. No lock is needed there, and
a confirmation, of which there are as many as deliveries, does not pay for one.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from chatapp import serializers
from chatapp.actions.messages import messages_between
from chatapp.actions.receipts import members_with_watermarks
from chatapp.clock import monotonic
from chatapp.eventloop.thread_pool import is_green
from chatapp.journal import Journal, StoredMessage
from chatapp.journal.drafts import Watermark
from chatapp.realtime.engine.deferred_ack import DeferredAck
from chatapp.realtime.watermarks import Waiting, Watermarks
from chatapp.shapes import MessageAckShape, MessageShape

KEPT_CONVERSATIONS = 20_000
"""Conversations whose watermarks stay in memory, the least recently used forgotten first: 1 kB for a pair of people."""

Context = Callable[[], AbstractContextManager[object]]


class Delivery:
    """`tell` gets each message that became delivered to all after its ack, with its sender's name; `rose` hears of each
    conversation in which a watermark rose."""

    def __init__(
        self,
        journal: Journal,
        context: Context,
        window_seconds: float,
        is_online: Callable[[int], bool],
        tell: Callable[[MessageShape, str], None],
        rose: Callable[[Watermarks, int], None],
    ) -> None:
        self._journal = journal
        self._context = context
        self._window_seconds = window_seconds
        self._is_online = is_online
        self._tell = tell
        self._rose = rose
        self._is_green = is_green()
        self._lock: AbstractContextManager[object] = nullcontext() if self._is_green else threading.RLock()
        self._known: OrderedDict[int, Watermarks] = OrderedDict()
        self._deadlines: deque[Waiting] = deque()
        self._unsaved: list[Watermarks] = []
        journal.set_watermark_source(self._take_watermarks)

    def track(self, stored: StoredMessage) -> Watermarks:
        """A message is about to be fanned out; if its sender awaits confirmations, they are counted from here."""
        is_known = stored.conversation_id in self._known
        watermarks = self.watermarks(stored.conversation_id)
        with self._lock:
            if not is_known:
                # From this one on, all are watched here.
                watermarks.asked_from = min(watermarks.asked_from, stored.sequence - 1)
            if not watermarks.is_delivered(stored.sender_id, stored.sequence):
                watermarks.watch(stored.sender_id, stored.sequence)
            if stored.is_awaited:
                self._wait(stored, watermarks)
            self._read_by_sending(stored, watermarks)
        return watermarks

    def answer(self, stored: StoredMessage, reply: DeferredAck) -> None:
        """Sets the reply when nobody who is online is missing any more, at the latest after the window."""
        watermarks = self.watermarks(stored.conversation_id)
        with self._lock:
            waiting = watermarks.waiting.get(stored.sequence)
            if waiting is None and stored.is_awaited and not stored.is_repeat:
                # Another process's notice had it sent out before this one came to that.
                waiting = self._wait(stored, watermarks)
            if waiting is None:
                reply.set(_ack(stored, watermarks))
                return
            if not waiting.replies:
                waiting.deadline = monotonic() + self._window_seconds
                self._deadlines.append(waiting)
            waiting.replies.append(reply)
            if not waiting.awaited:
                self._settle(waiting, watermarks)

    def confirmed(self, watermarks: Watermarks, user_id: int, delivered: int, read: int = 0) -> None:
        """A member has been delivered everything up to `delivered`, and has read up to `read`."""
        if self._is_green:
            if self._note(watermarks, user_id, delivered, read):
                self._journal.schedule_watermarks()
            return
        with self._lock:
            is_first = self._note(watermarks, user_id, delivered, read)
        if is_first is not None:
            # Also where it is not: another thread, whose was the first, may not have come as far as saying so.
            self._journal.schedule_watermarks()

    def confirm(self, conversation_id: int, user_id: int, delivered: int, read: int = 0) -> None:
        """As `confirmed`, for a conversation by its id."""
        self.confirmed(self.watermarks(conversation_id), user_id, max(delivered, read), read)

    def rose_elsewhere(self, conversation_id: int, user_id: int, delivered: int, read: int) -> None:
        """Another process stored a higher watermark."""
        watermarks = self.watermarks(conversation_id)
        with self._lock:
            self._raise(watermarks, user_id, delivered, read)

    def passed_over(self, conversation_id: int, last_sequence: int) -> None:
        """Messages up to there were stored elsewhere and not fanned out here: nobody watches them."""
        known = self._known.get(conversation_id)
        if known is not None:
            known.asked_from = max(known.asked_from, last_sequence)

    def members_changed(self, conversation_id: int) -> None:
        """People joined or left. No message waits for who left, and some may be delivered to all thereby."""
        known = self._known.get(conversation_id)
        if known is None:
            return
        with self._context():
            *_, members = members_with_watermarks(conversation_id)
        with self._lock:
            for one in members:
                known.add_member(one)
            for user_id in known.delivered.keys() - {one.user_id for one in members}:
                self._forget_member(known, user_id)

    def _forget_member(self, watermarks: Watermarks, user_id: int) -> None:
        watermarks.remove_member(user_id)
        late = watermarks.take_delivered()
        for waiting in list(watermarks.waiting.values()):
            self._strike_out(waiting, user_id, watermarks)
        if late:
            self._tell_late(watermarks, late, user_id)

    def refresh(self, conversation_id: int) -> None:
        """Other processes may have stored higher watermarks and not been heard."""
        if conversation_id not in self._known:
            return
        with self._context():
            *_, members = members_with_watermarks(conversation_id)
        for one in members:
            self.rose_elsewhere(conversation_id, one.user_id, one.delivered, one.read)

    def watermarks(self, conversation_id: int) -> Watermarks:
        """A conversation's, from memory or from the database."""
        known = self._known.get(conversation_id)
        if known is None:
            with self._context():
                loaded = Watermarks.of(conversation_id, *members_with_watermarks(conversation_id))
            # Somebody else may have loaded it while this waited: the first one stays.
            known = self._known.setdefault(conversation_id, loaded)
            self._forget_the_oldest()
        return known

    def went_offline(self, user_id: int) -> None:
        """Nobody waits for a user who is gone."""
        with self._lock:
            for waiting in [one for one in self._deadlines if user_id in one.awaited]:
                self._strike_out(waiting, user_id, self.watermarks(waiting.stored.conversation_id))

    def expire(self) -> None:
        """Sends the acks whose window is over."""
        with self._lock:
            while self._deadlines and self._deadlines[0].deadline <= monotonic():
                waiting = self._deadlines.popleft()
                self._settle(waiting, self.watermarks(waiting.stored.conversation_id))

    def is_waiting(self) -> bool:
        """Whether `expire` will have something to do."""
        return bool(self._deadlines)

    def _wait(self, stored: StoredMessage, watermarks: Watermarks) -> Waiting:
        missing = watermarks.missing(stored.sender_id, stored.sequence)
        awaited = {user_id for user_id in missing if self._is_online(user_id)}
        waiting = watermarks.waiting[stored.sequence] = Waiting(stored, awaited)
        return waiting

    def _read_by_sending(self, stored: StoredMessage, watermarks: Watermarks) -> None:
        """A sender has read their own message. It is written with the other watermarks and told to nobody: the message
        itself says so."""
        sender_id = stored.sender_id
        if watermarks.raise_read(sender_id, stored.sequence):
            is_first = not watermarks.unsaved
            watermarks.unsaved.add(sender_id)
            if is_first:
                self._unsaved.append(watermarks)
                self._journal.schedule_watermarks()

    def _note(self, watermarks: Watermarks, user_id: int, delivered: int, read: int) -> bool | None:
        """Whether it is the first mark of its conversation that now waits to be written; None if nothing rose."""
        if not self._raise(watermarks, user_id, delivered, read):
            return None
        unsaved = watermarks.unsaved
        is_first = not unsaved
        if is_first:
            self._unsaved.append(watermarks)
        unsaved.add(user_id)
        return is_first

    def _raise(self, watermarks: Watermarks, user_id: int, delivered: int, read: int) -> bool:
        was_read = watermarks.raise_read(user_id, read) if read else False
        before = watermarks.raise_delivered(user_id, delivered)
        if before is None:
            if was_read:
                self._rose(watermarks, user_id)
            return was_read
        # Before those who wait are told: what still waits hears of it by its ack, and must not be told twice.
        late = watermarks.take_delivered() if watermarks.may_have_completed(before) else []
        if before < watermarks.asked_from:
            late += range(before + 1, min(delivered, watermarks.asked_from) + 1)
        if watermarks.waiting:
            for sequence in range(before + 1, delivered + 1):
                waiting = watermarks.waiting.get(sequence)
                if waiting is not None:
                    self._strike_out(waiting, user_id, watermarks)
        if late:
            self._tell_late(watermarks, late, user_id)
        self._rose(watermarks, user_id)
        return True

    def _tell_late(self, watermarks: Watermarks, sequences: list[int], user_id: int) -> None:
        """Tells the senders who are here of those messages that everybody has now."""
        wanted = set(sequences)
        # Of this moment: who confirms while the messages are being read tells of what that completes.
        lowest = watermarks.snapshot()
        for one in self._between(watermarks.conversation_id, min(wanted) - 1, max(wanted)):
            is_news = one.sequence in wanted and one.sender_id != user_id
            if is_news and self._is_online(one.sender_id) and lowest.is_delivered(one.sender_id, one.sequence):
                self._tell(serializers.message(one, delivered=True), one.sender)

    def _between(self, conversation_id: int, after: int, last: int) -> list[StoredMessage]:
        found: list[StoredMessage] = []
        with self._context():
            while page := messages_between(conversation_id, after, last):
                found += page
                after = page[-1].sequence
        return found

    def _strike_out(self, waiting: Waiting, user_id: int, watermarks: Watermarks) -> None:
        waiting.awaited.discard(user_id)
        if not waiting.awaited and waiting.replies:
            self._settle(waiting, watermarks)

    def _settle(self, waiting: Waiting, watermarks: Watermarks) -> None:
        if watermarks.waiting.pop(waiting.stored.sequence, None) is None:
            return
        ack = _ack(waiting.stored, watermarks)
        if ack["response"]["deliveredToAll"]:
            watermarks.unwatch(waiting.stored.sequence)
        for reply in waiting.replies:
            reply.set(ack)
        # Settled ones leave the queue as they come to its head.
        while self._deadlines and not self._deadlines[0].awaited:
            self._deadlines.popleft()

    def _take_watermarks(self) -> dict[tuple[int, int], Watermark]:
        """What the journal writes next."""
        with self._lock:
            unsaved, self._unsaved = self._unsaved, []
            found = {}
            for one in unsaved:
                users, one.unsaved = one.unsaved, set()
                for user_id in users:
                    found[one.conversation_id, user_id] = Watermark(one.delivered[user_id], one.read[user_id])
            return found

    def _forget_the_oldest(self) -> None:
        while len(self._known) > KEPT_CONVERSATIONS:
            oldest = next(iter(self._known))
            if self._known[oldest].waiting or self._known[oldest].unsaved:
                self._known.move_to_end(oldest)
                return
            del self._known[oldest]


def _ack(stored: StoredMessage, watermarks: Watermarks) -> MessageAckShape:
    return serializers.message_ack(stored, delivered=watermarks.is_delivered(stored.sender_id, stored.sequence))
