"""Time limits for PostgreSQL, kept by the client.

A server that hangs, or a network that drops packets, leaves connections open, and then no time limit in the server
reaches the client. So the client stops waiting, in psycopg2's wait callback. That runs for connecting and for every
statement, in threads as well as on the event loop.

While the server answers on no connection, further calls fail at once. Otherwise they would wait for the whole limit one
after the other. A probe notices when the server answers again.
"""

import contextlib
import logging
import threading
from collections.abc import Iterator
from typing import Any

import psycopg2
from psycopg2 import extensions
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import SQLAlchemyError

from chatapp.clock import monotonic
from chatapp.eventloop.readiness import Wait, make_wait

log = logging.getLogger(__name__)

PROBE_SECONDS = 1.0
"""Pause between two probes of a server that does not answer."""

SERVER_EXTRA_SECONDS = 1.0
"""How much later than the client the server gives up, so that nothing that was given up holds locks for long."""

KEEP_ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
"""TCP keep-alive: the system notices within 25 seconds that the other end of an idle connection is gone
(https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-KEEPALIVES-IDLE)."""


class NoAnswer(psycopg2.OperationalError):  # type: ignore[misc]
    """The server did not answer within the time limit, or is known not to answer now."""


class AnswerTimeout:
    """The time limit of an engine's connections, and whether their server answers at all."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        self.seconds = seconds
        self._engine = engine
        self._answered_at = 0.0
        self._is_silent = False
        self._probers: set[int] = set()
        self._closed = threading.Event()
        self.connection_class = type("LimitedConnection", (extensions.connection,), {"answer_timeout": self})

    def check(self) -> None:
        """Raises NoAnswer while the server is known not to answer."""
        if self._is_silent and threading.get_ident() not in self._probers:
            raise NoAnswer("PostgreSQL does not answer")

    def answered(self) -> None:
        self._answered_at = monotonic()
        self._is_silent = False

    def expired(self, asked_at: float) -> NoAnswer:
        """Returns the error for a call without an answer. One slow statement says nothing about the server, unless no
        other call was answered either since it began."""
        if self._answered_at < asked_at and not self._is_silent:
            self._is_silent = True
            threading.Thread(target=self._probe, name="database probe", daemon=True).start()
        return NoAnswer(f"PostgreSQL did not answer within {self.seconds:g} seconds")

    def close(self) -> None:
        """Stops probing."""
        self._closed.set()

    def _probe(self) -> None:
        log.error("PostgreSQL does not answer; all calls fail until it does")
        self._probers.add(threading.get_ident())
        while self._is_silent and not self._closed.is_set():
            with contextlib.suppress(SQLAlchemyError), self._engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
            if self._is_silent:
                self._closed.wait(PROBE_SECONDS)
        self._probers.discard(threading.get_ident())
        if not self._is_silent:
            log.error("PostgreSQL answers again")


def limit_waiting(engine: Engine, seconds: float) -> None:
    """Gives the engine's connections time limits. What the database URL says of one is stronger."""
    timeout = AnswerTimeout(engine, seconds)
    milliseconds = round((seconds + SERVER_EXTRA_SECONDS) * 1000)
    limits = f"-c statement_timeout={milliseconds} -c idle_in_transaction_session_timeout={milliseconds}"

    def add_limits(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
        if "connection_factory" not in parameters:  # SQLAlchemy passes the same dictionary for every connection
            options = f"{limits} {parameters.get('options', '')}"
            given = {**KEEP_ALIVE, **parameters}
            parameters.update(given, options=options, connection_factory=timeout.connection_class)

    event.listen(engine, "do_connect", add_limits)
    event.listen(engine, "engine_disposed", lambda _engine: timeout.close())
    extensions.set_wait_callback(_Callback(make_wait()))


@contextlib.contextmanager
def without_limits(connection: Connection) -> Iterator[None]:
    """Lifts the limits for one transaction, for migrations: building an index may take as long as it takes."""
    raw: Any = connection.connection.driver_connection
    for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
        connection.exec_driver_sql(f"SET LOCAL {name} = 0")
    timeout, raw.answer_timeout = raw.answer_timeout, None
    try:
        yield
    finally:
        raw.answer_timeout = timeout


class _Callback:
    """psycopg2's wait callback (https://www.psycopg.org/docs/advanced.html#green-support).

    psycopg2 closes a connection whose callback raises. Other connections than an engine's have no limit.
    """

    def __init__(self, wait: Wait) -> None:
        self._wait = wait

    def __call__(self, connection: Any) -> None:
        timeout: AnswerTimeout | None = getattr(connection, "answer_timeout", None)
        if timeout is None:
            self._wait_for(connection, None)
            return
        timeout.check()
        asked_at = monotonic()
        if not self._wait_for(connection, asked_at + timeout.seconds):
            raise timeout.expired(asked_at)
        timeout.answered()

    def _wait_for(self, connection: Any, deadline: float | None) -> bool:
        while (state := connection.poll()) != extensions.POLL_OK:
            if not self._wait(connection.fileno(), state == extensions.POLL_WRITE, deadline):
                return False
        return True
