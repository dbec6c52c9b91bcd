"""Sends receipts, which tell members the watermarks of the others. Several rises become one receipt."""

from chatapp.clock import monotonic
from chatapp.realtime.events import Events
from chatapp.realtime.rooms import group_room, user_room
from chatapp.realtime.watermarks import Watermarks

RECEIPT_SECONDS = 1.0
"""Shortest interval between two receipts for one member in one conversation."""

LARGEST_AUDIENCE = 50
"""In a larger conversation a receipt goes only to the connections of the user whose watermark rose. To all members the
cost would be quadratic: a million events for one message among 1,000. Clients read those watermarks on request."""


class Receipts:
    """Collects raised watermarks. `flush` is called often, and sends the receipts that are due."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._queue: list[Watermarks] = []
        self._due_at = 0.0

    def add(self, watermarks: Watermarks, user_id: int) -> None:
        """Queues a receipt for a member whose watermark rose. It carries the watermarks at the time of sending."""
        if not watermarks.unsent_receipts:
            if not self._queue:
                self._due_at = monotonic() + RECEIPT_SECONDS
            self._queue.append(watermarks)
        watermarks.unsent_receipts.add(user_id)

    def is_waiting(self) -> bool:
        """Whether any receipts are queued."""
        return bool(self._queue)

    def flush(self) -> None:
        """Sends the queued receipts if they are due."""
        if not self._queue or self._due_at > monotonic():
            return
        queue, self._queue = self._queue, []
        for watermarks in queue:
            user_ids, watermarks.unsent_receipts = watermarks.unsent_receipts, set()
            self._send(watermarks, user_ids)

    def _send(self, watermarks: Watermarks, user_ids: set[int]) -> None:
        is_small = len(watermarks.usernames) <= LARGEST_AUDIENCE
        receipts = {user_id: self._payload(watermarks, user_id) for user_id in sorted(user_ids)}
        if not watermarks.is_group:
            for member in set(watermarks.usernames.values()):
                others = [name for name in watermarks.usernames.values() if name != member]
                receiver = others[0] if others else member
                payloads = [{**receipt, "receiver": receiver} for receipt in receipts.values()]
                self._events.receipts(payloads, user_room(member))
        elif is_small:
            room = group_room(watermarks.conversation_id)
            self._events.receipts(list(receipts.values()), room)
        else:
            for user_id, receipt in receipts.items():
                self._events.receipts([receipt], user_room(watermarks.usernames[user_id]))

    def _payload(self, watermarks: Watermarks, user_id: int) -> dict[str, object]:
        return {
            "receiver": str(watermarks.conversation_id),
            "group": watermarks.is_group,
            "username": watermarks.usernames[user_id],
            "deliveredSequence": watermarks.delivered[user_id],
            "readSequence": watermarks.read[user_id],
        }
