"""A WSGI server (PEP 3333) for HTTP/1.1 on the event loop, with a greenlet for each HTTP connection.
docs/decisions/0011-own-listener.md says what it supports, what it refuses, and what it leaves to a proxy. It costs less
than eventlet.wsgi, and the application can take over a connection: a WebSocket keeps only the socket, without greenlet
or environ.
"""

import contextlib
import logging
import socket
from collections.abc import Callable
from typing import Any

from chatapp.clock import monotonic
from chatapp.errors import ChatError
from chatapp.eventloop.event_loop import READ, WRITE, Timer, current_loop
from chatapp.eventloop.hang_up import HANG_UP
from chatapp.http_listener.base_environ import base_environ
from chatapp.http_listener.large_bodies import NONE, LargeBodies
from chatapp.http_listener.request_parser import RequestReader
from chatapp.http_listener.request_rules import Unreadable
from chatapp.http_listener.response_writer import Application, ResponseWriter, refusal

log = logging.getLogger(__name__)

CONNECTION = "chatapp.connection"
"""The environ's key for the connection, whose `detach` takes it over."""

IDLE_SECONDS = 75.0
"""Time between two requests, as in nginx."""
REQUEST_SECONDS = 30.0
"""Time from the first byte of a request to its last, so that a slow sender cannot hold a greenlet forever."""
WRITE_SECONDS = 30.0
"""Time in which the client must accept each part of a response."""
LINGER_SECONDS = 2.0
"""Time for which the server discards what the client still sends. Closing at once could lose the response."""
SWEEP_SECONDS = 1.0
"""Interval at which deadlines are checked, and delay before accepting again after a failure."""
READ_BYTES = 65_536
MAX_ACCEPTS = 64
"""Connections that one iteration of the event loop accepts."""

NEVER = float("inf")


class Listener:
    """Accepts connections on a listening socket, which must be unpatched, until it is stopped."""

    def __init__(self, listening: socket.socket, application: Application, large_bodies: LargeBodies = NONE) -> None:
        self.application = application
        self.large_bodies = large_bodies
        self.base = base_environ(*listening.getsockname()[:2])
        self.connections: set[HttpConnection] = set()
        self._loop = current_loop()
        self._socket = listening
        self._socket.setblocking(False)
        self._retry: Timer | None = None
        """Starts accepting again after a failure. Until then the socket is not watched."""
        self._start_accepting()
        self._sweeping = self._loop.call_later(SWEEP_SECONDS, self._sweep)

    def stop(self) -> None:
        """Stops accepting. Requests that are being answered go on."""
        if self._retry is None:
            self._stop_accepting()
        else:
            self._retry.cancel()
        self._sweeping.cancel()
        self._socket.close()

    def _start_accepting(self) -> None:
        self._retry = None
        self._loop.watch(self._socket.fileno(), READ, self._accept, is_low_priority=True)

    def _stop_accepting(self) -> None:
        self._loop.watch(self._socket.fileno(), 0, self._accept)

    def _accept(self, _events: int) -> None:
        for _ in range(MAX_ACCEPTS):
            try:
                accepted, address = self._socket.accept()
            except BlockingIOError:
                return
            except OSError as error:
                # Most likely the process is out of file descriptors. New clients wait in the listen backlog.
                log.error("A connection could not be accepted: %s", error.strerror)
                self._stop_accepting()
                self._retry = self._loop.call_later(SWEEP_SECONDS, self._start_accepting)
                return
            accepted.setblocking(False)
            self._loop.forget_closed(accepted.fileno())
            self._loop.spawn(HttpConnection(self, accepted, address).run)

    def _sweep(self) -> None:
        self._sweeping = self._loop.call_later(SWEEP_SECONDS, self._sweep)
        now = monotonic()
        for connection in [connection for connection in self.connections if connection.deadline < now]:
            connection.interrupt()


class HttpConnection:
    """The connection of one client. At its `deadline`, by the monotonic clock, the listener interrupts it."""

    def __init__(self, listener: Listener, own: socket.socket, address: Any) -> None:
        self.deadline = monotonic() + REQUEST_SECONDS
        self._listener = listener
        self._socket: socket.socket | None = own
        self._reader = RequestReader(listener.large_bodies, self._receive_more)
        self._loop = current_loop()
        self._watched_for = 0
        self._waiting: Any = None
        self._hung_up: Callable[[], object] | None = None
        self._is_new = True
        self._base = {**listener.base, CONNECTION: self}
        if isinstance(address, tuple):
            self._base["REMOTE_ADDR"], self._base["REMOTE_PORT"] = address[0], str(address[1])
        listener.connections.add(self)

    def run(self) -> None:
        """Answers requests until either side ends the connection, or the application takes it over."""
        try:
            self._converse()
        except OSError:
            pass  # the client is gone
        finally:
            self._listener.connections.discard(self)
            self._close()
            # These refer to the connection. The garbage collector runs seldom, so reference cycles are broken here.
            self._base.clear()
            self._reader.close()

    def detach(self) -> tuple[socket.socket, bytes]:
        """Takes the connection over. Returns its socket and the bytes received after the request in progress."""
        self._watch(0)
        own, self._socket = self._own(), None
        self._listener.connections.discard(self)
        return own, self._reader.behind

    def fileno(self) -> int:
        return self._own().fileno()

    def when_hung_up(self, call: Callable[[], object] | None) -> None:
        """Calls a function, once, if the client hangs up before the request in progress is answered. None cancels it.

        A pipelined request is no hang-up.
        """
        self._hung_up = call
        if call is not None:
            self._watch(self._watched_for | HANG_UP)

    def interrupt(self) -> None:
        """Ends the connection. The socket operation that its greenlet waits for fails."""
        self.deadline = NEVER
        with contextlib.suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)

    def _converse(self) -> None:
        try:
            while self._read() and self._answer_all():
                pass
        except Unreadable as error:
            # The requests before it are answered first, and one of them may end the connection.
            if self._answer_all():
                self._refuse(error.status, error.error)

    def _read(self) -> bool:
        """Waits for a whole request. Returns False when the client has closed the connection."""
        reader = self._reader
        is_idle = True
        self.deadline = monotonic() + IDLE_SECONDS
        while not reader.ready:
            if is_idle and not reader.is_between:
                is_idle = False
                self.deadline = monotonic() + REQUEST_SECONDS
            self._continue()
            data = self._receive()
            if not data:
                return False
            reader.feed(data)
        return True

    def _receive_more(self) -> None:
        """Waits for more of a body that the application reads. Raises OSError when none comes."""
        self._continue()
        self.deadline = monotonic() + REQUEST_SECONDS
        data = self._receive()
        self.deadline = NEVER
        if not data:
            raise ConnectionResetError("The client is gone.")
        try:
            self._reader.feed(data)
        except Unreadable as error:
            raise ConnectionAbortedError(str(error)) from error

    def _continue(self) -> None:
        """Tells a client to send its body that waits for that."""
        if self._reader.expects_continue:
            self._reader.expects_continue = False
            self._send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _answer_all(self) -> bool:
        """Answers the requests that have arrived. Returns whether the connection stays open."""
        while self._reader.ready:
            request = self._reader.ready.popleft()
            # The application has no deadline, because of long polling.
            self.deadline = NEVER
            response = ResponseWriter(request, self._send, lambda: self._socket is None)
            response.respond(self._listener.application, self._base)
            self._reader.answered()
            if self._socket is None:
                return False
            if request.is_last:
                self._linger()
                return False
            if self._reader.ready:
                # Lets other greenlets run, even if no response has to wait.
                self._loop.sleep(0)
        return True

    def _own(self) -> socket.socket:
        if self._socket is None:
            raise ConnectionResetError("The connection is closed or was taken over.")
        return self._socket

    def _receive(self) -> bytes:
        own = self._own()
        if self._is_new:
            # In HTTP the client sends first. Its request has usually arrived by now.
            self._is_new = False
        else:
            self._wait(READ | HANG_UP)
        while True:
            try:
                return own.recv(READ_BYTES)
            except BlockingIOError:
                self._wait(READ | HANG_UP)

    def _wait(self, events: int) -> None:
        """Suspends the greenlet until the socket can be read or written. Other greenlets run in between, even if this
        client sends without a pause."""
        self._watch(events)
        self._waiting = self._loop.current()
        try:
            self._loop.suspend()
        finally:
            self._waiting = None

    def _watch(self, events: int) -> None:
        if events != self._watched_for:
            self._watched_for = events
            self._loop.watch(self._own().fileno(), events, self._ready, is_low_priority=True)

    def _ready(self, events: int) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.switch()
            return
        # A request is still being answered. epoll is level-triggered and would report this in every iteration.
        call = self._hung_up
        if call is None:
            self._watch(0)
        elif events & ~(READ | WRITE):
            self._hung_up = None
            self._watch(0)
            call()
        else:
            self._watch(HANG_UP)

    def _send(self, data: bytes) -> None:
        own = self._own()
        view = memoryview(data)
        while view:
            try:
                view = view[own.send(view) :]
            except BlockingIOError:
                former, self.deadline = self.deadline, monotonic() + WRITE_SECONDS
                self._wait(WRITE)
                # A client that is slower than the application, such as that of a large file, and has no deadline then.
                self._loop.take_turn()
                self.deadline = former

    def _refuse(self, status: str, error: ChatError) -> None:
        with contextlib.suppress(OSError):
            self._send(refusal(status, error))
            self._linger()

    def _linger(self) -> None:
        """Shuts down the sending side, and reads until the client does the same."""
        own = self._own()
        self.deadline = monotonic() + LINGER_SECONDS
        with contextlib.suppress(OSError):
            own.shutdown(socket.SHUT_WR)
            while self._receive():
                pass

    def _close(self) -> None:
        if self._socket is not None:
            self._watch(0)
            self._socket.close()
            self._socket = None
