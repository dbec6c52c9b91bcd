"""Periodic work: acks whose window ended, receipts, heartbeats, sessions in use and expired ones, connections in no
namespace."""

import logging
from collections.abc import Callable

from chatapp.actions.sessions import USE_NOTED_EVERY, note_use
from chatapp.clock import monotonic, now
from chatapp.realtime.dispatcher import Dispatcher
from chatapp.realtime.periodic_work import PeriodicWork

log = logging.getLogger(__name__)

STEP_SECONDS = 0.02
"""Interval while an ack or a receipt is waiting, and so how late it can be."""
IDLE_SECONDS = 0.25
"""Interval of the other work. An idle ticker looks for waiting acks five times as often."""


class Ticker:
    """One thread or greenlet for all periodic work, instead of one for each connection."""

    def __init__(self, dispatcher: Dispatcher, close_unjoined: Callable[[], None]) -> None:
        self._dispatcher = dispatcher
        self._close_unjoined = close_unjoined
        self._looked_at = self._noted_at = monotonic()
        work = PeriodicWork("ticker", self._work)
        self.start, self.stop = work.start, work.stop

    def _work(self) -> float:
        try:
            self._tick()
        except Exception:
            log.exception("Periodic work failed")
        return self._pause()

    def _pause(self) -> float:
        is_waiting = self._dispatcher.delivery.is_waiting() or self._dispatcher.receipts.is_waiting()
        return STEP_SECONDS if is_waiting else IDLE_SECONDS / 5

    def _tick(self) -> None:
        self._dispatcher.delivery.expire()
        self._dispatcher.receipts.flush()
        if monotonic() - self._looked_at < IDLE_SECONDS:
            return
        self._looked_at = monotonic()
        self._dispatcher.presence.beat()
        self._close_unjoined()
        self._sign_out_expired()
        self._note_use()

    def _sign_out_expired(self) -> None:
        at = now()
        for connection in self._dispatcher.connections.all():
            if connection.caller.expires_at <= at:
                self._dispatcher.sign_out(connection.sid, "Your session has expired. Please sign in again.")

    def _note_use(self) -> None:
        """A session with a connection is in use, also while its page is only looked at."""
        if monotonic() - self._noted_at < USE_NOTED_EVERY.total_seconds():
            return
        self._noted_at = monotonic()
        connections = self._dispatcher.connections.all()
        if connections:
            note_use(self._dispatcher.journal, {connection.caller.session_id for connection in connections})
