"""Handles what WebSocket connections receive, in one greenlet, and flushes what they send once an iteration.

A callback of the event loop must not wait. So the read callback of a socket only parses, and hands the messages to the
pump: one greenlet for the process, which the loop resumes once an iteration, however many connections have messages. In
the other direction, everything that an iteration writes to a connection leaves with one `send`. The messages that were
read are handled, and the responses to them sent, before the loop polls again.
"""

import logging
from collections.abc import Callable
from typing import Any, Protocol

from chatapp.eventloop.event_loop import PROCESS_EXITS, current_loop

log = logging.getLogger(__name__)


class Writer(Protocol):
    """A connection with unsent bytes."""

    def flush(self) -> None:
        """Sends as much as the system accepts."""

    def abort(self, reason: str) -> None:
        """Closes the connection at once."""


class MessagePump:
    """One for each process, on the event loop of the thread that makes it."""

    def __init__(self) -> None:
        self.loop = current_loop()
        self._inbox: list[tuple[Callable[..., None], tuple[Any, ...]]] = []
        self._unsent: list[Writer] = []
        self._is_flush_due = False
        self._is_waiting = False
        self.is_blocked = False
        """Whether a call of the pump waits, perhaps for the database. More reading would only fill the queue."""
        self._greenlet = self.loop.make_greenlet(self._run)
        self.loop.call_soon(self._greenlet.switch)

    def call(self, function: Callable[..., None], *args: Any) -> None:
        """Calls a function in the pump's greenlet, after everything that was handed to it before."""
        self._inbox.append((function, args))
        if self._is_waiting:
            self._is_waiting = False
            self.loop.call_soon(self._greenlet.switch)

    def flush_soon(self, connection: Writer) -> None:
        """Flushes a connection before the event loop polls again."""
        self._unsent.append(connection)
        if not self._is_flush_due:
            self._is_flush_due = True
            self.loop.call_soon(self._flush)

    def _run(self) -> None:
        while True:
            while self._inbox:
                inbox, self._inbox = self._inbox, []
                self.is_blocked = True
                for function, args in inbox:
                    try:
                        function(*args)
                    except PROCESS_EXITS:
                        raise
                    except BaseException:
                        # All connections share the pump, and eventlet's Timeout is not an Exception.
                        log.exception("A message could not be handled")
            self.is_blocked = False
            self._is_waiting = True
            self.loop.suspend()

    def _flush(self) -> None:
        self._is_flush_due = False
        unsent, self._unsent = self._unsent, []
        for connection in unsent:
            try:
                connection.flush()
            except Exception:
                log.exception("A connection could not be written to")
                connection.abort("transport error")
