"""One timer wheel for the heartbeats of all connections, in place of a sleeping greenlet for each."""

from collections import deque
from typing import Protocol

from chatapp.clock import monotonic
from chatapp.realtime.engine.message_pump import MessagePump

SLOTS = 50
"""The wheel advances slot by slot, and pings the connections in each, so that all are pinged once an interval."""


class PingedSession(Protocol):
    """A session with heartbeats. `pinged_at` is the time of a ping that the client has not answered."""

    closed: bool
    pinged_at: float | None

    @property
    def is_paused(self) -> bool:
        """Whether the server currently does not read from the client, so that an answer may be unread."""

    def ping(self) -> None:
        """Sends a heartbeat."""

    def time_out(self) -> None:
        """Closes the session of a client that has not answered in time."""


class Heartbeats:
    """Pings every `interval_seconds`, and times out a session that has not answered within `timeout_seconds`."""

    def __init__(self, pump: MessagePump, interval_seconds: float, timeout_seconds: float) -> None:
        self._pump = pump
        self._step_seconds = interval_seconds / SLOTS
        self._timeout_seconds = timeout_seconds
        self._slots: list[dict[PingedSession, None]] = [{} for _ in range(SLOTS)]
        self._at = 0
        self._unanswered: deque[tuple[float, PingedSession]] = deque()
        self._schedule()

    def add(self, session: PingedSession) -> None:
        """Adds a new session. Its first ping is one interval away."""
        self._slots[self._at - 1][session] = None

    def _schedule(self) -> None:
        self._pump.loop.call_later(self._step_seconds, self._pump.call, self._advance)

    def _advance(self) -> None:
        self._schedule()
        self._at = (self._at + 1) % SLOTS
        slot = self._slots[self._at - 1]
        at = monotonic()
        for session in [session for session in slot if session.closed]:
            del slot[session]
        for session in slot:
            if session.pinged_at is None:
                session.pinged_at = at
                self._unanswered.append((at, session))
                session.ping()
        self._close_silent(at)

    def _close_silent(self, at: float) -> None:
        while self._unanswered and self._unanswered[0][0] + self._timeout_seconds <= at:
            pinged_at, session = self._unanswered.popleft()
            if session.pinged_at != pinged_at or session.closed:
                continue
            if session.is_paused:
                # Its answer may be unread, so it gets the same time again.
                session.pinged_at = at
                self._unanswered.append((at, session))
            else:
                session.time_out()
