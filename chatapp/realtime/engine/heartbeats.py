"""One timer wheel for the heartbeats of all connections, in place of a sleeping greenlet for each."""

from collections import deque
from typing import TYPE_CHECKING

from chatapp.clock import monotonic
from chatapp.realtime.engine.message_pump import MessagePump

if TYPE_CHECKING:
    from chatapp.realtime.engine.engineio_session import EngineSocket

SLOTS = 50
"""A connection is pinged when the wheel comes to its slot: once in an interval, a fiftieth of them all at a time."""


class Heartbeats:
    """Pings every `interval_seconds`, and closes who has not answered within `timeout_seconds`."""

    def __init__(self, loop: MessagePump, interval_seconds: float, timeout_seconds: float) -> None:
        self._loop = loop
        self._step_seconds = interval_seconds / SLOTS
        self._timeout_seconds = timeout_seconds
        self._slots: list[dict[EngineSocket, None]] = [{} for _ in range(SLOTS)]
        self._at = 0
        self._unanswered: deque[tuple[float, EngineSocket]] = deque()
        self._schedule()

    def add(self, socket: "EngineSocket") -> None:
        """A new connection: its first ping is an interval away."""
        self._slots[self._at - 1][socket] = None

    def _schedule(self) -> None:
        self._loop.hub.schedule_call_global(self._step_seconds, self._loop.call, self._turn)

    def _turn(self) -> None:
        self._schedule()
        self._at = (self._at + 1) % SLOTS
        slot = self._slots[self._at - 1]
        at = monotonic()
        for socket in [one for one in slot if one.closed]:
            del slot[socket]
        for socket in slot:
            if socket.pinged_at is None:
                socket.pinged_at = at
                self._unanswered.append((at, socket))
                socket.ping()
        self._close_silent(at)

    def _close_silent(self, at: float) -> None:
        while self._unanswered and self._unanswered[0][0] + self._timeout_seconds <= at:
            pinged_at, socket = self._unanswered.popleft()
            if socket.pinged_at != pinged_at or socket.closed:
                continue
            if socket.transport is not None and socket.transport.is_paused:
                # Its answer may lie there unread: it gets as much time again.
                socket.pinged_at = at
                self._unanswered.append((at, socket))
            else:
                socket.close(wait=False, reason=socket.server.reason.PING_TIMEOUT)
