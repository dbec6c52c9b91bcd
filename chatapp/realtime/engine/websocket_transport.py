"""One WebSocket connection on the event loop, without a greenlet of its own."""

import contextlib
import logging
import socket
from collections.abc import Callable

from chatapp.eventloop.event_loop import READ, WRITE, Timer
from chatapp.metrics.counters import counters
from chatapp.realtime.engine.message_pump import MessagePump
from chatapp.realtime.engine.websocket_frames import (
    BINARY,
    CLOSE,
    GOING_AWAY,
    PING,
    PONG,
    TOO_BIG,
    Failure,
    FrameReader,
    build,
    build_close,
    close_code,
)

log = logging.getLogger(__name__)

READ_BYTES = 65_536
"""Bytes read from one connection in one iteration of the event loop, so that the others do not starve."""

LARGEST_BUFFER_BYTES = 4_194_304
"""Limit of the output buffer, unless `most_unsent_bytes` is another. Beyond it the connection is closed; the client
reconnects and catches up."""

HIGH_WATER_BYTES = 262_144
"""Unsent bytes above which the server stops reading from the client until they are sent. TCP then slows down a client
that asks for more than it reads, and its connection stays open."""

CLOSE_WAIT_SECONDS = 5.0
"""How long the server waits for the answer to its close frame. RFC 6455 section 7.1.1 sets no limit."""

SLOW_READER = "the client reads too slowly"
LARGE_MESSAGE = "the client sent too large a message"
"""Reasons of closing."""


class Transport:
    """`receive` is called with each message and whether it is binary. `closed` is called once, with the transport and
    the reason, when no more messages will be received. `early` is what the client sent after its opening handshake."""

    __slots__ = (
        "_close_timer",
        "_closed",
        "_fd",
        "_is_closing",
        "_is_output_full",
        "_is_paused_by_session",
        "_out",
        "_out_bytes",
        "_pump",
        "_reader",
        "_receive",
        "_socket",
        "_watched_for",
        "most_unsent_bytes",
    )

    def __init__(
        self,
        connection: socket.socket,
        pump: MessagePump,
        largest_message_bytes: int,
        receive: Callable[[bytes, bool], None],
        closed: Callable[["Transport", str], None],
        early: bytes = b"",
    ) -> None:
        self.most_unsent_bytes = LARGEST_BUFFER_BYTES
        self._socket: socket.socket | None = connection
        self._fd = connection.fileno()
        self._pump = pump
        self._reader = FrameReader(largest_message_bytes)
        self._receive = receive
        self._closed = closed
        self._out: list[bytes] = []
        self._out_bytes = 0
        self._is_closing = False
        self._is_output_full = False
        self._is_paused_by_session = False
        self._close_timer: Timer | None = None
        self._watched_for = 0
        self._watch(READ)
        if early:
            self._feed(early)

    @property
    def is_paused(self) -> bool:
        """Whether the server does not read, other than because the client does not read its output."""
        return self._socket is not None and not self._watched_for & READ and not self._is_output_full

    @property
    def unsent_bytes(self) -> int:
        return self._out_bytes

    def send(self, frame: bytes) -> None:
        """Queues a built frame until the end of this iteration. Any number of connections may queue the same bytes.
        After a close frame it does nothing (RFC 6455 section 5.5.1)."""
        if self._socket is not None and not self._is_closing:
            self._queue(frame)

    def flush(self) -> None:
        """Writes as much of the output buffer as the system accepts. The rest follows when the socket is writable."""
        if self._socket is None or not self._out or self._watched_for & WRITE:
            return
        out = self._out[0] if len(self._out) == 1 else b"".join(self._out)
        try:
            sent = self._socket.send(out)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError as error:
            self._out.clear()
            self._out_bytes = 0
            self._pump.call(self.abort, f"transport error: {error.strerror}")
            return
        if sent == len(out):
            self._out.clear()
            self._out_bytes = 0
            if self._is_closing:
                self._shut_down_sending()
            if self._is_output_full:
                self._is_output_full = False
                self._resume_reading()
            return
        self._out = [out[sent:]]
        self._out_bytes = len(out) - sent
        if self._out_bytes > HIGH_WATER_BYTES:
            self._pause_until_sent()
        self._watch(self._watched_for | WRITE)

    def handle(self, opcode: int, payload: bytes) -> None:
        """Handles one message of the client. Called by the pump."""
        if self._socket is None:
            return
        if opcode <= BINARY:
            if not self._is_closing:
                self._receive(payload, opcode == BINARY)
        elif opcode == CLOSE:
            self._answer_close(payload)
        elif opcode == PING:
            self.send(build(PONG, payload))

    def close(self, code: int = GOING_AWAY, reason: str = "") -> None:
        """Sends a close frame. The socket is closed when the client has answered, or after CLOSE_WAIT_SECONDS."""
        if self._socket is None or self._is_closing:
            return
        self._is_closing = True
        self._close_timer = self._pump.loop.call_later(CLOSE_WAIT_SECONDS, self.abort, "transport close")
        self._queue(build_close(code, reason))

    def abort(self, reason: str) -> None:
        """Closes the socket at once, and calls `closed`."""
        connection, self._socket = self._socket, None
        if connection is None:
            return
        self._watch(0)
        if self._close_timer is not None:
            self._close_timer.cancel()
        self._out.clear()
        connection.close()
        self._pump.call(self._notify_closed, reason)

    def pause(self) -> None:
        """Stops reading, because the client sends faster than its events are handled. TCP slows it down."""
        self._is_paused_by_session = True
        self._stop_reading()

    def resume(self) -> None:
        """Undoes `pause`. Reading stays stopped while the output buffer is full."""
        self._is_paused_by_session = False
        self._resume_reading()

    def _queue(self, frame: bytes) -> None:
        is_waiting = self._watched_for & WRITE
        if not self._out and not is_waiting:
            self._pump.flush_soon(self)
        self._out.append(frame)
        self._out_bytes += len(frame)
        if is_waiting and self._out_bytes > HIGH_WATER_BYTES:
            self._pause_until_sent()
        if self._out_bytes > self.most_unsent_bytes:
            # One iteration may send a lot to a client that reads well. Only what the system does not accept counts.
            self.flush()
            if self._out_bytes > self.most_unsent_bytes:
                self.abort(SLOW_READER)

    def _pause_until_sent(self) -> None:
        counters.paused["unsent_bytes"] += not self._is_output_full
        self._is_output_full = True
        self._stop_reading()

    def _stop_reading(self) -> None:
        self._watch(self._watched_for & ~READ)

    def _resume_reading(self) -> None:
        if self._socket is not None and not self._is_paused_by_session and not self._is_output_full:
            self._watch(self._watched_for | READ)

    def _notify_closed(self, reason: str) -> None:
        closed, self._closed = self._closed, _ignore_closed
        closed(self, reason)

    def _watch(self, events: int) -> None:
        if events != self._watched_for:
            self._watched_for = events
            self._pump.loop.watch(self._fd, events, self._ready)

    def _ready(self, events: int) -> None:
        try:
            if events & WRITE:
                self.writable()
            # `readable` also handles an error and a hang-up.
            if events & ~WRITE:
                self.readable()
        except Exception:
            log.exception("A connection could not be read")
            self.abort("transport error")

    def readable(self) -> None:
        """Called when there are bytes to read, or when the connection has ended or failed."""
        if self._socket is None:
            return
        if not self._watched_for & READ:
            self.writable()  # writing raises the error of the socket
            return
        if self._pump.is_blocked:
            self._stop_reading()
            self._pump.call(self._resume_reading)
            return
        try:
            data = self._socket.recv(READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._end_of_reading(f"transport error: {error.strerror}")
            return
        if not data:
            self._end_of_reading("transport close")
            return
        self._feed(data)

    def _feed(self, data: bytes) -> None:
        for opcode, payload in self._reader.feed(data):
            self._pump.call(self.handle, opcode, payload)
        if self._reader.failure is not None and not self._is_closing:
            self._pump.call(self._fail, self._reader.failure)

    def _end_of_reading(self, reason: str) -> None:
        """Closes the connection after the messages that have already arrived are handled."""
        self._stop_reading()
        self._pump.call(self.abort, reason)

    def writable(self) -> None:
        """Called when the system accepts more output."""
        if self._watched_for & WRITE:
            self._watch(self._watched_for & ~WRITE)
            self.flush()

    def _answer_close(self, payload: bytes) -> None:
        """Answers a close frame with one of the same code, then closes the connection (section 5.5.1)."""
        if self._socket is not None and not self._is_closing:
            self.send(build_close(close_code(payload)) if payload else build(CLOSE, b""))
            self.flush()
        self.abort("transport close")

    def _fail(self, failure: Failure) -> None:
        """Sends a close frame with the reason (section 7.1.7). The session ends now, and the socket is closed as in
        `close`. The frame reader ignores what still arrives."""
        self.close(failure.code, failure.reason)
        self._notify_closed(LARGE_MESSAGE if failure.code == TOO_BIG else "transport error")

    def _shut_down_sending(self) -> None:
        with contextlib.suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_WR)


def _ignore_closed(_transport: Transport, _reason: str) -> None:
    """Replaces the `closed` callback after its only call."""
