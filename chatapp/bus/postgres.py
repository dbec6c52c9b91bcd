"""PostgreSQL as the bus: NOTIFY inside the transaction, LISTEN on a separate connection.

PostgreSQL delivers notifications at the commit, in the order of commits. A payload is shorter than 8,000 bytes.
https://www.postgresql.org/docs/current/sql-notify.html
"""

import logging
import os
import select
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Engine

from chatapp.bus.envelope import seal, unseal
from chatapp.clock import monotonic
from chatapp.database import WriterConnection
from chatapp.journal.database_errors import is_outage
from chatapp.notices import Notice

log = logging.getLogger(__name__)

CHANNEL = "chatapp"
NOTICES_A_PAYLOAD = 20
"""A notice with two 64-character names of four bytes each is under 700 bytes escaped; most are under 100."""
PAYLOAD_LIMIT = 7_900
WAIT_SECONDS = 0.5
RECONNECT_SECONDS = 1.0
CHECK_SECONDS = 2.0
"""Interval at which the listener checks that the server responds. Without it, it would wait forever for a server that
hangs."""


class PostgresBus:
    """See `chatapp.bus.choice.Bus`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._origin = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def in_transaction(self, connection: WriterConnection, notices: list[Notice]) -> None:
        for payload in _payloads(self._origin, notices):
            connection.execute("SELECT pg_notify(?, ?)", (CHANNEL, payload))

    def after_commit(self, notices: list[Notice]) -> None:
        """Does nothing. PostgreSQL sends the notices at the commit."""

    def listen(self, receive: Callable[[list[Notice]], None], catch_up: Callable[[], None]) -> None:
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(receive, catch_up, started), name="bus", daemon=True)
        self._thread.start()
        started.wait(timeout=10)

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(
        self, receive: Callable[[list[Notice]], None], catch_up: Callable[[], None], started: threading.Event
    ) -> None:
        while not self._stop.is_set():
            try:
                self._watch(receive, catch_up, started)
            except Exception as error:
                log.error("Listening for notices failed; connecting again: %s", error, exc_info=not is_outage(error))
                self._stop.wait(RECONNECT_SECONDS)

    def _watch(
        self, receive: Callable[[list[Notice]], None], catch_up: Callable[[], None], started: threading.Event
    ) -> None:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        raw: Any = connection.connection.driver_connection
        try:
            raw.cursor().execute(f"LISTEN {CHANNEL}")
            started.set()
            catch_up()
            checked_at = monotonic()
            while not self._stop.is_set():
                select.select([raw], [], [], WAIT_SECONDS)
                raw.poll()
                if monotonic() - checked_at >= CHECK_SECONDS:
                    raw.cursor().execute("SELECT 1")
                    checked_at = monotonic()
                self._receive(raw, receive)
        finally:
            # Not returned to the pool, where its next user would receive the notices.
            connection.invalidate()
            connection.close()

    def _receive(self, raw: Any, receive: Callable[[list[Notice]], None]) -> None:
        for notification in list(raw.notifies):
            if notices := unseal(notification.payload, self._origin):
                receive(notices)
        raw.notifies.clear()


def _payloads(origin: str, notices: list[Notice]) -> Iterator[str]:
    """Encodes the notices. Halves a payload that is too long; a single notice never is."""
    for start in range(0, len(notices), NOTICES_A_PAYLOAD):
        part = notices[start : start + NOTICES_A_PAYLOAD]
        payload = seal(origin, part).decode()
        if len(payload.encode()) > PAYLOAD_LIMIT and len(part) > 1:
            middle = len(part) // 2
            yield from _payloads(origin, part[:middle])
            yield from _payloads(origin, part[middle:])
        else:
            yield payload
