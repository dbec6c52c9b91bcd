"""Sends receipts, which tell members the watermarks of the others. Several rises become one receipt."""

from collections.abc import Set

from chatapp.actions.sharing import ReadsShown
from chatapp.clock import monotonic
from chatapp.journal.told_watermarks import ToldWatermarks
from chatapp.realtime.events import Events
from chatapp.realtime.rooms import group_room, user_room
from chatapp.realtime.sharing import Sharing
from chatapp.realtime.watermarks import Watermarks

RECEIPT_SECONDS = 1.0
"""Shortest interval between two receipts for one member in one conversation."""

LARGEST_AUDIENCE = 50
"""In a larger conversation a receipt goes only to the connections of the user whose watermark rose. To all members the
cost would be quadratic: a million events for one message among 1,000. Clients read those watermarks on request."""


class Receipts:
    """Collects raised watermarks. `flush` is called often, and sends the receipts that are due. `told` keeps what is
    told before it is stored."""

    def __init__(self, events: Events, sharing: Sharing, told: ToldWatermarks) -> None:
        self._events = events
        self._sharing = sharing
        self._told = told
        self._queue: list[Watermarks] = []
        self._due_at = 0.0

    def add(self, watermarks: Watermarks, user_id: int, is_delivery: bool) -> None:
        """Queues a receipt for a member whose watermark rose. It carries the watermarks at the time of sending."""
        if not watermarks.unsent_receipts:
            if not self._queue:
                self._due_at = monotonic() + RECEIPT_SECONDS
            self._queue.append(watermarks)
        unsent = watermarks.unsent_receipts
        unsent[user_id] = is_delivery or unsent.get(user_id, False)

    def is_waiting(self) -> bool:
        """Whether any receipts are queued."""
        return bool(self._queue)

    def flush(self) -> None:
        """Sends the queued receipts if they are due."""
        if not self._queue or self._due_at > monotonic():
            return
        queue, self._queue = self._queue, []
        for watermarks in queue:
            raised, watermarks.unsent_receipts = watermarks.unsent_receipts, {}
            self._told.note(watermarks.conversation_id, watermarks.marks_of(raised))
            self._send(watermarks, raised)

    def _send(self, watermarks: Watermarks, raised: dict[int, bool]) -> None:
        usernames = watermarks.usernames
        hidden = self._sharing.hidden_readers & usernames.keys() if self._sharing.hidden_readers else None
        if len(usernames) > LARGEST_AUDIENCE:
            for user_id in sorted(raised):
                self._events.receipts([self._payload(watermarks, user_id)], user_room(usernames[user_id]))
        elif watermarks.is_group and not hidden:
            payloads = [self._payload(watermarks, user_id) for user_id in sorted(raised)]
            self._events.receipts(payloads, group_room(watermarks.conversation_id))
        else:
            for viewer_id in usernames:
                self._send_to(viewer_id, watermarks, raised, hidden or frozenset())

    def _send_to(self, viewer_id: int, watermarks: Watermarks, raised: dict[int, bool], hidden: Set[int]) -> None:
        """Sends receipts as one member sees them. Where reads are hidden, none for a read alone, which would tell."""
        usernames, shown = watermarks.usernames, ReadsShown(viewer_id, hidden)
        payloads = []
        for user_id in sorted(raised):
            if shown.is_shown(user_id):
                payloads.append(self._payload(watermarks, user_id))
            elif raised[user_id]:
                payloads.append({**self._payload(watermarks, user_id), "readSequence": None})
        if not watermarks.is_group:
            others = [username for user_id, username in usernames.items() if user_id != viewer_id]
            payloads = [{**payload, "receiver": (others or [usernames[viewer_id]])[0]} for payload in payloads]
        if payloads:
            self._events.receipts(payloads, user_room(usernames[viewer_id]))

    def _payload(self, watermarks: Watermarks, user_id: int) -> dict[str, object]:
        return {
            "receiver": str(watermarks.conversation_id),
            "group": watermarks.is_group,
            "username": watermarks.usernames[user_id],
            "deliveredSequence": watermarks.delivered[user_id],
            "readSequence": watermarks.read[user_id],
        }
