"""How a process talks to its database: engine options, SQLite's pragmas, and the writer's explicit transactions."""

import contextlib
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from chatapp.clock import monotonic
from chatapp.config import Settings
from chatapp.durable_files import sync
from chatapp.eventloop.thread_pool import is_green, run_in_thread
from chatapp.logs.events import event as event_of_note
from chatapp.metrics.counters import counters
from chatapp.sqlite_files import require_usable_files

if TYPE_CHECKING:
    from chatapp.eventloop.worker_thread import WorkerThread

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"

BUSY_TIMEOUT_MS = 10_000
"""How long a writer waits for another process's transaction on the same SQLite file."""


SLOW_COMMIT_SECONDS = 0.5
"""A commit that takes as long is logged. On a disk that does well it takes milliseconds."""

LOG_TIMEOUT_MS = 20
"""How long writers wait while readers keep the log from being cut."""


def engine_options(settings: Settings) -> dict[str, Any]:
    """SQLAlchemy engine options. Readers are many and short; the writer is one connection of its own."""
    # Errors are logged, and must not repeat the texts and hashes of their statements.
    options = {"hide_parameters": True, "pool_size": 8}
    if settings.is_sqlite:
        return {**options, "max_overflow": 24, "connect_args": {"timeout": BUSY_TIMEOUT_MS / 1000}}
    return {**options, "max_overflow": 8, "pool_pre_ping": True, "pool_timeout": settings.database_timeout}


def prepare(engine: Engine, settings: Settings) -> None:
    """Sets SQLite's pragmas on every connection of this engine; limits how long PostgreSQL is waited for.

    Raises BadSetting if the files can only be read, or SQLite would destroy what is left of a lost database.
    """
    if settings.is_sqlite:
        require_usable_files(engine.url.database)
        _make_private(engine.url.database)
        pragmas = _pragmas(settings.durability)
        event.listen(engine, "connect", lambda connection, _record: _run(connection, pragmas))
    else:
        # Not at the top: psycopg2 takes a tenth of a start, which SQLite's need not wait for.
        from chatapp.postgresql import limit_waiting

        limit_waiting(engine, settings.database_timeout)


def _make_private(path: str | None) -> None:
    """A new database file is for its owner alone; SQLite gives its log the same mode, and syncs the name of its log but
    not that of the database. What is wrong with the path is SQLite's to say."""
    if path and path != ":memory:":
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
            sync(Path(path).absolute().parent)


def _pragmas(durability: str) -> list[str]:
    # WAL: readers never wait for the writer. FULL: the log is synced at each commit, so an ack outlives a power cut;
    # NORMAL syncs at checkpoints only (https://www.sqlite.org/pragma.html#pragma_synchronous).
    return [
        "PRAGMA journal_mode=WAL",
        f"PRAGMA synchronous={durability.upper()}",
        "PRAGMA foreign_keys=ON",
        "PRAGMA cache_size=-16000",
        "PRAGMA temp_store=MEMORY",
        # Deleted text is overwritten with zeros. Debian's SQLite does that by itself, others do not.
        "PRAGMA secure_delete=ON",
    ]


def _run(connection: Any, statements: list[str]) -> None:
    # None: sqlite3 opens no transaction by itself, so that ours are the only ones.
    connection.isolation_level = None
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    cursor.close()


def empty_log(engine: Engine) -> bool:
    """Moves SQLite's write-ahead log into the database file, and cuts it to nothing: what was deleted is still in the
    pages that it keeps. Returns False if a reader was in the way for LOG_TIMEOUT_MS."""
    with engine.connect() as connection:
        emptied: bool = run_in_thread(_empty_log, connection.connection.driver_connection)
        return emptied


def _empty_log(connection: Any) -> bool:
    connection.execute(f"PRAGMA busy_timeout={LOG_TIMEOUT_MS}")
    try:
        # First without the lock that writers need, so that little is left to do while they wait.
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        (is_busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not is_busy
    finally:
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


class WriterConnection:
    """One connection whose transactions are opened and committed by hand: the commit, which waits for the disk,
    is the only step off the event loop, and nothing of the ORM's runs in a foreign thread."""

    def __init__(self, engine: Engine) -> None:
        self.connection: Connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        # Begun once and never ended: sessions that join it use savepoints and leave the real transaction alone.
        self.connection.begin()
        raw: Any = self.connection.connection.driver_connection
        self.cursor: Any = raw.cursor()
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._synchronous = ""
        if self.is_sqlite:
            self._synchronous = str(self.cursor.execute("PRAGMA synchronous").fetchone()[0])
            self.cursor.execute("PRAGMA busy_timeout=0")
        self._current = self._synchronous
        self._committer = _native_thread() if self.is_sqlite and is_green() else None

    @property
    def is_broken(self) -> bool:
        """Whether the server or the network closed the connection. Always False for SQLite."""
        return not self.is_sqlite and bool(self.cursor.connection.closed)

    def execute(self, sql: str, parameters: tuple[Any, ...] | list[Any] = ()) -> Any:
        """Runs one statement whose placeholders are `?`; returns the cursor."""
        self.cursor.execute(self._in_dialect(sql), parameters)
        return self.cursor

    def execute_many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        self.cursor.executemany(self._in_dialect(sql), rows)

    def begin(self, *, durable: bool) -> None:
        """Opens a write transaction. Not `durable`: SQLite skips this commit's sync; the next durable one covers it."""
        if not self.is_sqlite:
            self.cursor.execute("BEGIN")
            return
        self._set_synchronous(self._synchronous if durable else "1")
        try:
            self.cursor.execute("BEGIN IMMEDIATE")
        except Exception as error:
            if "locked" not in str(error):
                raise
            run_in_thread(self._begin_waiting)

    def commit(self) -> None:
        began = monotonic()
        if self._committer is None:
            self.cursor.execute("COMMIT")
        else:
            self._committer.run(self._commit)
        _note_commit(monotonic() - began)

    def close(self) -> None:
        """Closes the connection for good: its pragmas are not those of the pool's others.

        What is open is rolled back here and now. SQLite keeps a closed connection, and its lock on the file, for as
        long as anything refers to a statement of it, and the traceback of what went wrong does.
        """
        for step in (lambda: self.cursor.execute("ROLLBACK"), self.cursor.close):
            with contextlib.suppress(Exception):
                step()
        self.connection.invalidate()
        self.connection.close()
        if self._committer is not None:
            self._committer.close()
            self._committer = None

    def _commit(self) -> None:
        self.cursor.execute("COMMIT")

    def _begin_waiting(self) -> None:
        self.cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        try:
            self.cursor.execute("BEGIN IMMEDIATE")
        finally:
            self.cursor.execute("PRAGMA busy_timeout=0")

    def _set_synchronous(self, level: str) -> None:
        if level != self._current:
            self.cursor.execute(f"PRAGMA synchronous={level}")
            self._current = level

    def _in_dialect(self, sql: str) -> str:
        return sql if self.is_sqlite else sql.replace("?", "%s")


def _note_commit(seconds: float) -> None:
    counters.commit_seconds.observe(seconds)
    if seconds >= SLOW_COMMIT_SECONDS:
        fields = event_of_note("slow_commit", milliseconds=round(seconds * 1_000, 1))
        log.info("A commit took %.1f s.", seconds, extra=fields)


def _native_thread() -> "WorkerThread":
    from chatapp.eventloop.worker_thread import WorkerThread

    return WorkerThread()
