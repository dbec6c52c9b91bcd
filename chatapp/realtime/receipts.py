"""Tells members how far the others are, in bursts: watermarks rise with every message, eyes are slower."""

import threading
from collections.abc import Callable

from chatapp.clock import monotonic
from chatapp.realtime.events import Events
from chatapp.realtime.rooms import group_room, user_room
from chatapp.realtime.watermarks import Watermarks

RECEIPT_SECONDS = 0.25
"""Shortest time between two receipts of one member in one conversation."""

LARGEST_AUDIENCE = 50
"""In a larger conversation a receipt goes to its own user's connections only: to everybody it would be quadratic, a
million events for one message among 1,000. Their members' watermarks are read on request."""


class Receipts:
    """Thread-safe."""

    def __init__(self, events: Events, watermarks: Callable[[int], Watermarks]) -> None:
        self._events = events
        self._watermarks = watermarks
        self._lock = threading.Lock()
        self._risen: dict[tuple[int, int], None] = {}
        self._due_at: float | None = None

    def rose(self, conversation_id: int, user_id: int) -> None:
        """A member's watermark rose; the numbers are read when the receipt goes out."""
        with self._lock:
            self._risen[conversation_id, user_id] = None
            if self._due_at is None:
                self._due_at = monotonic() + RECEIPT_SECONDS

    def next_deadline(self) -> float | None:
        return self._due_at

    def flush(self) -> None:
        """Sends what is due."""
        with self._lock:
            if self._due_at is None or self._due_at > monotonic():
                return
            risen, self._risen, self._due_at = self._risen, {}, None
        for conversation_id, user_id in risen:
            self._send(conversation_id, user_id)

    def _send(self, conversation_id: int, user_id: int) -> None:
        watermarks = self._watermarks(conversation_id)
        username = watermarks.usernames.get(user_id)
        if username is None:
            return
        is_small = len(watermarks.usernames) <= LARGEST_AUDIENCE
        payload = {
            "group": watermarks.is_group,
            "username": username,
            "deliveredSequence": watermarks.delivered[user_id],
            "readSequence": watermarks.read[user_id],
        }
        if watermarks.is_group:
            room = group_room(conversation_id) if is_small else user_room(username)
            self._events.receipt({"receiver": str(conversation_id), **payload}, [room])
            return
        for member in set(watermarks.usernames.values()):
            others = [name for name in watermarks.usernames.values() if name != member]
            self._events.receipt({"receiver": others[0] if others else member, **payload}, [user_room(member)])
