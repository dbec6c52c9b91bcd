"""One WebSocket connection on the event loop, without a greenlet of its own."""

import contextlib
import logging
import socket
from collections.abc import Callable

from chatapp.eventloop.event_loop import READ, WRITE, Timer
from chatapp.realtime.engine.message_pump import MessagePump
from chatapp.realtime.engine.websocket_frames import (
    BINARY,
    CLOSE,
    GOING_AWAY,
    PING,
    PONG,
    Failure,
    FrameReader,
    build,
    build_close,
    close_code,
)

log = logging.getLogger(__name__)

READ_BYTES = 65_536
"""Read from one connection in one iteration of the event loop, so that no other starves."""

LARGEST_BUFFER_BYTES = 4_194_304
"""What may wait for a reader who does not read. More, and the connection is closed: it comes back and catches up."""

FULL_BYTES = 262_144
"""What may wait for a client before nothing more is read of it: whoever asks for more than they take in is told to wait
by TCP, and not thrown out for it."""

CLOSE_WAIT_SECONDS = 5.0
"""How long a close frame may wait for its answer (RFC 6455 section 7.1.1 leaves it open)."""

SLOW_READER = "the client reads too slowly"


class Transport:
    """`receive` gets each message and whether it is binary; `closed` is called once, with the transport and why, when
    nothing more will be received. `early` is what the client sent behind its opening handshake."""

    __slots__ = (
        "_close_timer",
        "_closed",
        "_fd",
        "_is_closing",
        "_is_full",
        "_is_held",
        "_out",
        "_out_bytes",
        "_pump",
        "_reader",
        "_receive",
        "_socket",
        "_watched_for",
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
        self._socket: socket.socket | None = connection
        self._fd = connection.fileno()
        self._pump = pump
        self._reader = FrameReader(largest_message_bytes)
        self._receive = receive
        self._closed = closed
        self._out: list[bytes] = []
        self._out_bytes = 0
        self._is_closing = False
        self._is_full = False
        self._is_held = False
        self._close_timer: Timer | None = None
        self._watched_for = 0
        self._watch(READ)
        if early:
            self._take(early)

    @property
    def is_paused(self) -> bool:
        """Whether it is on us that nothing is heard from the client."""
        return self._socket is not None and not self._watched_for & READ and not self._is_full

    def send(self, frame: bytes) -> None:
        """Queues a built frame for the end of this iteration. Any number of connections may queue the same bytes.
        Nothing follows a close frame (RFC 6455 section 5.5.1)."""
        if self._socket is not None and not self._is_closing:
            self._queue(frame)

    def flush(self) -> None:
        """Writes what waits, as far as the system takes it; the rest follows when it takes more."""
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
            if self._is_full:
                self._is_full = False
                self._read_on()
            return
        self._out = [out[sent:]]
        self._out_bytes = len(out) - sent
        if self._out_bytes > FULL_BYTES:
            self._be_full()
        self._watch(self._watched_for | WRITE)

    def handle(self, opcode: int, payload: bytes) -> None:
        """One message of the client's, from the pump."""
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
        """Says goodbye and lets go when the client has answered, or after CLOSE_WAIT_SECONDS."""
        if self._socket is None or self._is_closing:
            return
        self._is_closing = True
        self._close_timer = self._pump.loop.call_later(CLOSE_WAIT_SECONDS, self.abort, "transport close")
        self._queue(build_close(code, reason))

    def abort(self, reason: str) -> None:
        """Lets go of the socket at once and says so."""
        connection, self._socket = self._socket, None
        if connection is None:
            return
        if reason == SLOW_READER:
            log.warning("A connection is closed: %s", reason)
        self._watch(0)
        if self._close_timer is not None:
            self._close_timer.cancel()
        self._out.clear()
        connection.close()
        self._pump.call(self._say_closed, reason)

    def pause(self) -> None:
        """Stops reading: the client has asked for more than is being worked on. TCP tells it to wait."""
        self._is_held = True
        self._stop_reading()

    def resume(self) -> None:
        """Reads on."""
        self._is_held = False
        self._read_on()

    def _queue(self, frame: bytes) -> None:
        is_waiting = self._watched_for & WRITE
        if not self._out and not is_waiting:
            self._pump.flush_soon(self)
        self._out.append(frame)
        self._out_bytes += len(frame)
        if is_waiting and self._out_bytes > FULL_BYTES:
            self._be_full()
        if self._out_bytes > LARGEST_BUFFER_BYTES:
            # One iteration may send a lot to a client that reads well: only what the system does not accept waits.
            self.flush()
            if self._out_bytes > LARGEST_BUFFER_BYTES:
                self.abort(SLOW_READER)

    def _be_full(self) -> None:
        """The client has to take in what waits before it is heard again."""
        self._is_full = True
        self._stop_reading()

    def _stop_reading(self) -> None:
        self._watch(self._watched_for & ~READ)

    def _read_on(self) -> None:
        """Unless something else is in the way."""
        if self._socket is not None and not self._is_held and not self._is_full:
            self._watch(self._watched_for | READ)

    def _say_closed(self, reason: str) -> None:
        closed, self._closed = self._closed, _said
        closed(self, reason)

    def _watch(self, events: int) -> None:
        if events != self._watched_for:
            self._watched_for = events
            self._pump.loop.watch(self._fd, events, self._ready)

    def _ready(self, events: int) -> None:
        try:
            if events & WRITE:
                self.writable()
            # An error or the other end's going is what reading finds, or writing where nothing is read.
            if events & ~WRITE:
                self.readable()
        except Exception:
            log.exception("A connection could not be read")
            self.abort("transport error")

    def readable(self) -> None:
        """There is something to read, or an end."""
        if self._socket is None:
            return
        if not self._watched_for & READ:
            self.writable()  # an error: writing tells which
            return
        if self._pump.is_blocked:
            self._stop_reading()
            self._pump.call(self._read_on)
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
        self._take(data)

    def _take(self, data: bytes) -> None:
        for opcode, payload in self._reader.feed(data):
            self._pump.call(self.handle, opcode, payload)
        if self._reader.failure is not None and not self._is_closing:
            self._pump.call(self._fail, self._reader.failure)

    def _end_of_reading(self, reason: str) -> None:
        """What arrived before is handled before the connection is let go."""
        self._stop_reading()
        self._pump.call(self.abort, reason)

    def writable(self) -> None:
        """There is room for what waits."""
        if self._watched_for & WRITE:
            self._watch(self._watched_for & ~WRITE)
            self.flush()

    def _answer_close(self, payload: bytes) -> None:
        """Section 5.5.1: a close frame is answered with one of the same code; the server then ends the connection."""
        if self._socket is not None and not self._is_closing:
            self.send(build_close(close_code(payload)) if payload else build(CLOSE, b""))
            self.flush()
        self.abort("transport close")

    def _fail(self, failure: Failure) -> None:
        """Section 7.1.7: says why. The reader ignores what still comes, until the client goes or its time is up; it is
        as good as gone already."""
        self.close(failure.code, failure.reason)
        self._say_closed("transport error")

    def _shut_down_sending(self) -> None:
        with contextlib.suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_WR)


def _said(_transport: Transport, _reason: str) -> None:
    """Stands where the callback was that is called once."""
