"""The engine's part of eventlet's hub: what has arrived is handled by one greenlet, what goes out leaves once a turn.

A callback of the hub must not wait for anything. So a socket's read callback only parses, and hands what it found to
the pump: one greenlet for the process, switched to once a turn however many connections had something to say. In the
other direction, everything that a turn wrote to a connection goes out with one `send`. What has been read is handled,
and what that wrote is sent, before the hub polls again.
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import greenlet

from chatapp.eventloop.event_loop import current_loop

if TYPE_CHECKING:
    from chatapp.realtime.engine.websocket_transport import Transport

log = logging.getLogger(__name__)


class MessagePump:
    """One a process, for the hub of the thread that made it."""

    def __init__(self) -> None:
        self.turn = current_loop()
        self.hub = self.turn.hub
        self._inbox: list[tuple[Callable[..., None], tuple[Any, ...]]] = []
        self._unsent: list[Transport] = []
        self._is_flush_due = False
        self._is_pump_waiting = False
        self.is_pump_blocked = False
        """To whoever the hub calls: something that the pump called is waiting, for the database perhaps. Whatever is
        read now would only pile up."""
        self._pump = greenlet.greenlet(self._run, self.hub.greenlet)
        self.turn.call_soon(self._pump.switch)

    def call(self, function: Callable[..., None], *args: Any) -> None:
        """Calls something from the pump, after all that was handed to it before."""
        self._inbox.append((function, args))
        if self._is_pump_waiting:
            self._is_pump_waiting = False
            self.turn.call_soon(self._pump.switch)

    def flush_soon(self, transport: "Transport") -> None:
        """A connection has something to send; it goes out before the hub polls again."""
        self._unsent.append(transport)
        if not self._is_flush_due:
            self._is_flush_due = True
            self.turn.call_soon(self._flush)

    def _run(self) -> None:
        while True:
            while self._inbox:
                inbox, self._inbox = self._inbox, []
                self.is_pump_blocked = True
                for function, args in inbox:
                    try:
                        function(*args)
                    except self.hub.SYSTEM_EXCEPTIONS:
                        raise
                    except BaseException:
                        # The pump is for everybody, and eventlet's Timeout is no Exception.
                        log.exception("A message could not be handled")
            self.is_pump_blocked = False
            self._is_pump_waiting = True
            self.hub.switch()

    def _flush(self) -> None:
        self._is_flush_due = False
        unsent, self._unsent = self._unsent, []
        for transport in unsent:
            try:
                transport.flush()
            except Exception:
                log.exception("A connection could not be written to")
                transport.abort("transport error")
