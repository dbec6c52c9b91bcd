"""Tells members how far the others are, in bursts: watermarks rise with every message, eyes are slower."""

from chatapp.clock import monotonic
from chatapp.realtime.events import Events
from chatapp.realtime.rooms import group_room, user_room
from chatapp.realtime.watermarks import Watermarks

RECEIPT_SECONDS = 1.0
"""Shortest time between two receipts of one member in one conversation."""

LARGEST_AUDIENCE = 50
"""In a larger conversation a receipt goes to its own user's connections only: to everybody it would be quadratic, a
million events for one message among 1,000. Their members' watermarks are read on request."""


class Receipts:
    """Collects who rose where; `flush` is called often and sends what is due."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._risen: list[Watermarks] = []
        self._due_at = 0.0

    def rose(self, watermarks: Watermarks, user_id: int) -> None:
        """A member's watermark rose; the numbers are read when the receipt goes out."""
        if not watermarks.untold:
            if not self._risen:
                self._due_at = monotonic() + RECEIPT_SECONDS
            self._risen.append(watermarks)
        watermarks.untold.add(user_id)

    def is_waiting(self) -> bool:
        """Whether `flush` will have something to do."""
        return bool(self._risen)

    def flush(self) -> None:
        """Sends what is due."""
        if not self._risen or self._due_at > monotonic():
            return
        risen, self._risen = self._risen, []
        for watermarks in risen:
            untold, watermarks.untold = watermarks.untold, set()
            self._send(watermarks, untold)

    def _send(self, watermarks: Watermarks, user_ids: set[int]) -> None:
        is_small = len(watermarks.usernames) <= LARGEST_AUDIENCE
        receipts = {user_id: self._payload(watermarks, user_id) for user_id in sorted(user_ids)}
        if not watermarks.is_group:
            for member in set(watermarks.usernames.values()):
                others = [name for name in watermarks.usernames.values() if name != member]
                receiver = others[0] if others else member
                self._events.receipts([{**one, "receiver": receiver} for one in receipts.values()], user_room(member))
        elif is_small:
            room = group_room(watermarks.conversation_id)
            self._events.receipts(list(receipts.values()), room)
        else:
            for user_id, one in receipts.items():
                self._events.receipts([one], user_room(watermarks.usernames[user_id]))

    def _payload(self, watermarks: Watermarks, user_id: int) -> dict[str, object]:
        return {
            "receiver": str(watermarks.conversation_id),
            "group": watermarks.is_group,
            "username": watermarks.usernames[user_id],
            "deliveredSequence": watermarks.delivered[user_id],
            "readSequence": watermarks.read[user_id],
        }
