"""SQLite's own change notice: `PRAGMA data_version` says that somebody committed, a table says what.

One process hosts the connections of a SQLite file; the others (the HTTP side, the command line) leave rows in
`notice`, inside the transaction that they speak of. https://www.sqlite.org/pragma.html#pragma_data_version
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from chatapp.clock import now
from chatapp.database import WriterConnection
from chatapp.models.base import to_microseconds
from chatapp.notices import Notice, decode, encode

log = logging.getLogger(__name__)

POLL_SECONDS = 0.03
"""How often the pragma is read; it costs microseconds, and a foreign message may wait this long."""

KEEP_MICROSECONDS = 60_000_000
"""Age at which rows are pruned. The listener reads them within a poll or two."""

PRUNED_AT_ONCE = 10
"""Of the oldest rows, looked at with each new one: more than are added, and few however many there are."""

PRUNE = "DELETE FROM notice WHERE id IN (SELECT id FROM notice ORDER BY id LIMIT ?) AND created_at < ?"


class SqliteBus:
    """See `chatapp.bus.choice.Bus`. The process that listens leaves no rows: it would be their only reader."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def in_transaction(self, connection: WriterConnection, notices: list[Notice]) -> None:
        if self._thread is not None:
            return
        at = to_microseconds(now())
        connection.execute(PRUNE, (PRUNED_AT_ONCE, at - KEEP_MICROSECONDS))
        connection.execute("INSERT INTO notice (body, created_at) VALUES (?, ?)", (encode(notices), at))

    def after_commit(self, notices: list[Notice]) -> None:
        """Nothing to do: the rows were committed with what they speak of."""

    def listen(self, hear: Callable[[list[Notice]], None], catch_up: Callable[[], None]) -> None:
        self._thread = threading.Thread(target=self._watch, args=(hear,), name="bus", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self, hear: Callable[[list[Notice]], None]) -> None:
        with self._engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            version = -1
            last = raw.execute("SELECT COALESCE(MAX(id), 0) FROM notice").fetchone()[0]
            while not self._stop.wait(POLL_SECONDS):
                try:
                    seen = raw.execute("PRAGMA data_version").fetchone()[0]
                    if seen != version:
                        version = seen
                        last = _read(raw, last, hear)
                except Exception:
                    log.exception("Reading the change notices failed; trying again")


def _read(raw: Any, last: int, hear: Callable[[list[Notice]], None]) -> int:
    for number, body in raw.execute("SELECT id, body FROM notice WHERE id > ? ORDER BY id", (last,)).fetchall():
        hear(decode(body))
        last = number
    return last
