"""Delivery: tracks which members confirmed which messages, and tells a sender when all of them have.

A sender's ack is deferred until every recipient who is online has confirmed, at most for the ack window. A confirmation
after that reaches the sender as an event.

On the event loop no lock is needed, since nothing here yields between a check and the change that depends on it. There
are as many confirmations as deliveries, so a lock would be a noticeable cost.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from chatapp import serializers
from chatapp.actions.stored_watermarks import members_with_watermarks
from chatapp.clock import monotonic
from chatapp.eventloop.thread_pool import is_green
from chatapp.journal import Journal, StoredMessage
from chatapp.journal.drafts import Watermark
from chatapp.journal.told_watermarks import ToldWatermarks
from chatapp.realtime.engine.deferred_ack import DeferredAck
from chatapp.realtime.late_ticks import LateTicks
from chatapp.realtime.watermarks import PendingAck, Watermarks
from chatapp.shapes import MessageAckShape

KEPT_CONVERSATIONS = 20_000
"""Conversations whose watermarks are kept in memory; the oldest are evicted. A direct conversation takes 1 kB."""

Context = Callable[[], AbstractContextManager[object]]


class Delivery:
    """`late_ticks` tells of messages that became delivered to all after their ack.
    `on_raised` is called with the watermarks of a conversation, the user whose watermark rose, and whether
    the delivered one did. `told` keeps what is told before it is stored."""

    def __init__(
        self,
        journal: Journal,
        context: Context,
        window_seconds: float,
        is_online: Callable[[int], bool],
        late_ticks: LateTicks,
        on_raised: Callable[[Watermarks, int, bool], None],
        told: ToldWatermarks,
    ) -> None:
        self._journal = journal
        self._context = context
        self._window_seconds = window_seconds
        self._is_online = is_online
        self._late_ticks = late_ticks
        self._on_raised = on_raised
        self._told = told
        self._is_green = is_green()
        self._lock: AbstractContextManager[object] = nullcontext() if self._is_green else threading.RLock()
        self._known: OrderedDict[int, Watermarks] = OrderedDict()
        self._deadlines: deque[PendingAck] = deque()
        self._unsaved: list[Watermarks] = []
        journal.set_watermark_source(self._take_watermarks, told.forget)

    def recover(self) -> None:
        """Stores what a process told that was killed before it could store it. Raises Unavailable."""
        for (conversation_id, user_id), told in self._told.unstored().items():
            watermarks = self.watermarks(conversation_id)
            # The database may be an older one that was restored from a backup.
            last = watermarks.unwatched_up_to
            self.confirm_in(watermarks, user_id, min(told.delivered, last), min(told.read, last))
        self._journal.flush_watermarks()

    def rename(self, user_id: int, username: str) -> None:
        """Names a user in receipts by another username from now on."""
        with self._lock:
            for watermarks in list(self._known.values()):
                if user_id in watermarks.usernames:
                    watermarks.usernames[user_id] = username

    def track(self, stored: StoredMessage) -> Watermarks:
        """Starts tracking a message that is about to be fanned out. Returns the watermarks of its conversation."""
        is_known = stored.conversation_id in self._known
        watermarks = self.watermarks(stored.conversation_id)
        with self._lock:
            if not is_known:
                # This process watches every message from this one on.
                watermarks.unwatched_up_to = min(watermarks.unwatched_up_to, stored.sequence - 1)
            if not watermarks.is_delivered(stored.sender_id, stored.sequence):
                watermarks.watch(stored.sender_id, stored.sequence)
            if stored.is_awaited:
                self._add_pending_ack(stored, watermarks)
            self._raise_read_of_sender(stored, watermarks)
        return watermarks

    def resolve_ack(self, stored: StoredMessage, ack: DeferredAck) -> None:
        """Sets the sender's ack once all recipients who are online have confirmed, or after the ack window."""
        watermarks = self.watermarks(stored.conversation_id)
        with self._lock:
            pending = watermarks.pending_acks.get(stored.sequence)
            if pending is None and stored.is_awaited and not stored.is_repeat:
                # A notice of another process led to the fan-out of this message, which therefore was not awaited.
                pending = self._add_pending_ack(stored, watermarks)
            if pending is None:
                ack.set(self._ack(stored, watermarks))
                return
            if not pending.acks:
                pending.deadline = monotonic() + self._window_seconds
                self._deadlines.append(pending)
            pending.acks.append(ack)
            if not pending.awaited:
                self._resolve(pending, watermarks)

    def confirm_in(self, watermarks: Watermarks, user_id: int, delivered: int, read: int = 0) -> None:
        """Raises a member's delivered watermark to `delivered`, and the read watermark to `read`."""
        if self._is_green:
            if self._raise_unsaved(watermarks, user_id, delivered, read):
                self._journal.schedule_watermarks()
            return
        with self._lock:
            is_first = self._raise_unsaved(watermarks, user_id, delivered, read)
        if is_first is not None:
            # Also if it is not the first: the thread that raised the first may not have scheduled the write yet.
            self._journal.schedule_watermarks()

    def confirm(self, conversation_id: int, user_id: int, delivered: int, read: int = 0) -> None:
        """As `confirm_in`, for a conversation id. A message that was read counts as delivered."""
        self.confirm_in(self.watermarks(conversation_id), user_id, max(delivered, read), read)

    def raise_from_notice(self, conversation_id: int, user_id: int, delivered: int, read: int) -> None:
        """Raises watermarks that another process stored."""
        watermarks = self.watermarks(conversation_id)
        with self._lock:
            self._raise(watermarks, user_id, delivered, read)

    def skip_messages(self, conversation_id: int, last_sequence: int) -> None:
        """Notes that other processes stored the messages up to a sequence, and that they are not watched here."""
        known = self._known.get(conversation_id)
        if known is not None:
            known.unwatched_up_to = max(known.unwatched_up_to, last_sequence)

    def members_changed(self, conversation_id: int) -> None:
        """Reloads the members of a conversation. A message may become delivered to all because a member left."""
        known = self._known.get(conversation_id)
        if known is None:
            return
        with self._context():
            *_, members = members_with_watermarks(conversation_id)
        with self._lock:
            for member in members:
                known.add_member(member)
            for user_id in known.delivered.keys() - {member.user_id for member in members}:
                self._remove_member(known, user_id)

    def _remove_member(self, watermarks: Watermarks, user_id: int) -> None:
        watermarks.remove_member(user_id)
        late = watermarks.take_delivered()
        for pending in list(watermarks.pending_acks.values()):
            self._stop_awaiting(pending, user_id, watermarks)
        if late:
            self._send_late_ticks(watermarks, late, user_id)

    def refresh(self, conversation_id: int) -> None:
        """Raises the watermarks in memory to those in the database, after notices may have been lost."""
        if conversation_id not in self._known:
            return
        with self._context():
            *_, members = members_with_watermarks(conversation_id)
        for member in members:
            self.raise_from_notice(conversation_id, member.user_id, member.delivered, member.read)

    def watermarks(self, conversation_id: int) -> Watermarks:
        """The watermarks of a conversation, from memory or from the database."""
        known = self._known.get(conversation_id)
        if known is None:
            with self._context():
                loaded = Watermarks.of(conversation_id, *members_with_watermarks(conversation_id))
            # Another greenlet may have loaded them during the query. Its object stays.
            known = self._known.setdefault(conversation_id, loaded)
            self._evict_oldest()
        return known

    def went_offline(self, user_id: int) -> None:
        """Stops pending acks from waiting for a user."""
        with self._lock:
            for pending in [pending for pending in self._deadlines if user_id in pending.awaited]:
                self._stop_awaiting(pending, user_id, self.watermarks(pending.stored.conversation_id))

    def expire(self) -> None:
        """Sends the acks whose window has ended."""
        with self._lock:
            while self._deadlines and self._deadlines[0].deadline <= monotonic():
                pending = self._deadlines.popleft()
                self._resolve(pending, self.watermarks(pending.stored.conversation_id))

    def is_waiting(self) -> bool:
        """Whether any ack has a deadline."""
        return bool(self._deadlines)

    def _add_pending_ack(self, stored: StoredMessage, watermarks: Watermarks) -> PendingAck:
        missing = watermarks.missing(stored.sender_id, stored.sequence)
        awaited = {user_id for user_id in missing if self._is_online(user_id)}
        pending = watermarks.pending_acks[stored.sequence] = PendingAck(stored, awaited)
        return pending

    def _raise_read_of_sender(self, stored: StoredMessage, watermarks: Watermarks) -> None:
        """Raises the sender's read watermark: a sender has read their own message.

        It is written with the other watermarks. No receipt is sent, since clients derive it from the message.
        """
        sender_id = stored.sender_id
        if watermarks.raise_read(sender_id, stored.sequence):
            is_first = not watermarks.unsaved
            watermarks.unsaved.add(sender_id)
            if is_first:
                self._unsaved.append(watermarks)
                self._journal.schedule_watermarks()

    def _raise_unsaved(self, watermarks: Watermarks, user_id: int, delivered: int, read: int) -> bool | None:
        """Raises watermarks that have to be written. Returns whether they are the first unsaved ones of their
        conversation; None if nothing rose."""
        if not self._raise(watermarks, user_id, delivered, read):
            return None
        unsaved = watermarks.unsaved
        is_first = not unsaved
        if is_first:
            self._unsaved.append(watermarks)
        unsaved.add(user_id)
        return is_first

    def _raise(self, watermarks: Watermarks, user_id: int, delivered: int, read: int) -> bool:
        did_read_rise = watermarks.raise_read(user_id, read) if read else False
        before = watermarks.raise_delivered(user_id, delivered)
        if before is None:
            if did_read_rise:
                self._on_raised(watermarks, user_id, False)
            return did_read_rise
        # Taken before the acks are resolved: a message with a pending ack gets its tick by the ack, not by an event.
        late = watermarks.take_delivered() if watermarks.may_have_completed(before) else []
        if before < watermarks.unwatched_up_to:
            late += range(before + 1, min(delivered, watermarks.unwatched_up_to) + 1)
        if watermarks.pending_acks:
            for sequence in range(before + 1, delivered + 1):
                pending = watermarks.pending_acks.get(sequence)
                if pending is not None:
                    self._stop_awaiting(pending, user_id, watermarks)
        if late:
            self._send_late_ticks(watermarks, late, user_id)
        self._on_raised(watermarks, user_id, True)
        return True

    def _send_late_ticks(self, watermarks: Watermarks, sequences: list[int], user_id: int) -> None:
        """Tells the online senders of these messages which of them are now delivered to all."""
        self._told.note(watermarks.conversation_id, watermarks.marks_of(watermarks.delivered))
        self._late_ticks.add(watermarks.conversation_id, sequences, user_id, watermarks.snapshot())

    def _stop_awaiting(self, pending: PendingAck, user_id: int, watermarks: Watermarks) -> None:
        pending.awaited.discard(user_id)
        if not pending.awaited and pending.acks:
            self._resolve(pending, watermarks)

    def _resolve(self, pending: PendingAck, watermarks: Watermarks) -> None:
        if watermarks.pending_acks.pop(pending.stored.sequence, None) is None:
            return
        payload = self._ack(pending.stored, watermarks)
        if payload["response"]["deliveredToAll"]:
            watermarks.unwatch(pending.stored.sequence)
        for ack in pending.acks:
            ack.set(payload)
        # A resolved ack is removed from the queue when it reaches the head.
        while self._deadlines and not self._deadlines[0].awaited:
            self._deadlines.popleft()

    def _ack(self, stored: StoredMessage, watermarks: Watermarks) -> MessageAckShape:
        """The ack of a message as it stands."""
        is_delivered = watermarks.is_delivered(stored.sender_id, stored.sequence)
        if is_delivered:
            self._told.note(watermarks.conversation_id, watermarks.marks_of(watermarks.delivered))
        return serializers.message_ack(stored, delivered=is_delivered)

    def _take_watermarks(self) -> dict[tuple[int, int], Watermark]:
        """Hands the unsaved watermarks over to the journal."""
        with self._lock:
            self._told.mark()
            unsaved, self._unsaved = self._unsaved, []
            taken = {}
            for watermarks in unsaved:
                user_ids, watermarks.unsaved = watermarks.unsaved, set()
                for user_id in user_ids:
                    raised = Watermark(watermarks.delivered[user_id], watermarks.read[user_id])
                    taken[watermarks.conversation_id, user_id] = raised
            return taken

    def _evict_oldest(self) -> None:
        while len(self._known) > KEPT_CONVERSATIONS:
            oldest = next(iter(self._known))
            if self._known[oldest].pending_acks or self._known[oldest].unsaved:
                self._known.move_to_end(oldest)
                return
            del self._known[oldest]
