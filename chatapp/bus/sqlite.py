"""The bus of a SQLite file: `PRAGMA data_version` changes when another process commits, and a table holds the notices.

One process serves all sockets of a SQLite file. The others (the HTTP side, the command line) insert rows into `notice`
in the transaction that the notices are about. https://www.sqlite.org/pragma.html#pragma_data_version
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from chatapp.bus.envelope import note_arrival
from chatapp.clock import now
from chatapp.database import WriterConnection
from chatapp.models.base import to_microseconds
from chatapp.notices import Notice, decode, encode

log = logging.getLogger(__name__)

POLL_SECONDS = 0.03
"""Interval at which the pragma is read, which takes microseconds. It bounds the delay of another process's message."""

KEEP_MICROSECONDS = 60_000_000
"""Age at which rows are deleted. The listener reads them within one or two polls."""

PRUNED_AT_ONCE = 10
"""Oldest rows checked with each insert: more than are inserted, and a small bounded number."""

NEWER = "SELECT id, body, created_at FROM notice WHERE id > ? ORDER BY id"
PRUNE = "DELETE FROM notice WHERE id IN (SELECT id FROM notice ORDER BY id LIMIT ?) AND created_at < ?"


class SqliteBus:
    """See `chatapp.bus.choice.Bus`. The listening process inserts no rows, since it would be their only reader."""

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
        """Does nothing. The rows are committed with the transaction."""

    def listen(self, receive: Callable[[list[Notice]], None], catch_up: Callable[[], None]) -> None:
        self._thread = threading.Thread(target=self._watch, args=(receive,), name="bus", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self, receive: Callable[[list[Notice]], None]) -> None:
        with self._engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            version = -1
            last = raw.execute("SELECT COALESCE(MAX(id), 0) FROM notice").fetchone()[0]
            while not self._stop.wait(POLL_SECONDS):
                try:
                    seen = raw.execute("PRAGMA data_version").fetchone()[0]
                    if seen != version:
                        version = seen
                        last = _read(raw, last, receive)
                except Exception:
                    log.exception("Reading the notices failed; trying again")


def _read(raw: Any, last: int, receive: Callable[[list[Notice]], None]) -> int:
    for number, body, at in raw.execute(NEWER, (last,)).fetchall():
        note_arrival(at)
        receive(decode(body))
        last = number
    return last
