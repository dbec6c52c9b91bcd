"""Serves a WSGI application (PEP 3333) on the eventlet hub: one greenlet a connection, as long as it speaks HTTP.

Does what eventlet.wsgi does for a chat behind a proxy or on a local network, at less cost, and can give a
connection away: a WebSocket keeps its socket and nothing else, neither greenlet nor environ.
"""

import contextlib
import logging
import socket
import sys
from typing import Any

import eventlet
import greenlet
import orjson
from eventlet import hubs

from chatapp.clock import monotonic
from chatapp.errors import ChatError, MalformedRequest, failure_payload
from chatapp.eventloop.event_loop import READ, WRITE, current_loop
from chatapp.http_listener.request_parser import RequestReader, Unreadable
from chatapp.http_listener.response_writer import Application, ResponseWriter

log = logging.getLogger(__name__)

CONNECTION = "chatapp.connection"
"""The environ's key for the connection, which may be taken over."""

IDLE_SECONDS = 75.0
"""Between requests; nginx's default."""
REQUEST_SECONDS = 30.0
"""From a request's first byte to its last: whoever sends slowly must not hold a greenlet for ever."""
WRITE_SECONDS = 30.0
"""For each part of an answer to be taken."""
LINGER_SECONDS = 2.0
"""Given to a client that still sends what will not be read: a connection closed over that loses the answer."""
SWEEP_SECONDS = 1.0

READ_BYTES = 65_536
ACCEPTED_AT_ONCE = 64
"""Connections between which others get their turn."""

NEVER = float("inf")


class Listener:
    """Accepts connections on a listening socket until it is stopped."""

    def __init__(self, listening: socket.socket, application: Application) -> None:
        self.application = application
        host, port = listening.getsockname()[:2]
        self.base = {
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "SCRIPT_NAME": "",
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
        }
        self.connections: set[HttpConnection] = set()
        self._socket = listening
        self._socket.setblocking(False)
        self._greenlets = [eventlet.spawn(self._accept), eventlet.spawn(self._sweep)]

    def stop(self) -> None:
        """Accepts nothing more. What is being answered goes on."""
        for one in self._greenlets:
            one.kill()
        self._socket.close()

    def _accept(self) -> None:
        accepted = 0
        while True:
            try:
                found, address = self._socket.accept()
            except BlockingIOError:
                hubs.trampoline(self._socket, read=True)
                continue
            except OSError as error:
                # Out of descriptors, most likely: whoever waits is accepted when others have gone.
                log.error("A connection could not be accepted: %s", error.strerror)
                eventlet.sleep(SWEEP_SECONDS)
                continue
            found.setblocking(False)
            # The number may have been another socket's, whose listeners the hub has not forgotten yet.
            hubs.notify_opened(found.fileno())
            eventlet.spawn_n(HttpConnection(self, found, address).run)
            accepted += 1
            if accepted % ACCEPTED_AT_ONCE == 0:
                eventlet.sleep(0)

    def _sweep(self) -> None:
        while True:
            eventlet.sleep(SWEEP_SECONDS)
            now = monotonic()
            for one in [one for one in self.connections if one.deadline < now]:
                one.interrupt()


class HttpConnection:
    """One client's. `deadline` is when it is interrupted, by the monotonic clock."""

    def __init__(self, listener: Listener, own: socket.socket, address: Any) -> None:
        self.deadline = monotonic() + REQUEST_SECONDS
        self._listener = listener
        self._socket: socket.socket | None = own
        self._reader = RequestReader()
        self._turn = current_loop()
        self._watched_for = 0
        self._waiting: Any = None
        self._is_new = True
        self._base = {**listener.base, CONNECTION: self}
        if isinstance(address, tuple):
            self._base["REMOTE_ADDR"], self._base["REMOTE_PORT"] = address[0], str(address[1])
        listener.connections.add(self)

    def run(self) -> None:
        """Answers requests until either side has had enough, or somebody takes the connection over."""
        try:
            self._converse()
        except OSError:
            pass  # the client is gone
        except greenlet.GreenletExit:
            pass
        finally:
            self._listener.connections.discard(self)
            self._close()
            # It refers to us. What belongs to cycles would stay until the collector comes to it, which is seldom.
            self._base.clear()
            self._reader.close()

    def detach(self) -> tuple[socket.socket, bytes]:
        """Gives the socket to whoever asks, with what came behind the request that is being answered."""
        self._watch(0)
        own, self._socket = self._own(), None
        self._listener.connections.discard(self)
        return own, self._reader.behind

    def interrupt(self) -> None:
        """Ends the connection, whatever it waits for."""
        self.deadline = NEVER
        with contextlib.suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)

    def _converse(self) -> None:
        try:
            while self._read() and self._answer_all():
                pass
        except Unreadable as error:
            # What came before it is answered first, and may be the last that is.
            if self._answer_all():
                self._refuse(error.status, MalformedRequest(error.sentence))

    def _read(self) -> bool:
        """Waits for a request. Returns False at the end of the connection."""
        reader = self._reader
        is_idle = True
        self.deadline = monotonic() + IDLE_SECONDS
        while not reader.ready:
            if is_idle and not reader.is_between:
                is_idle = False
                self.deadline = monotonic() + REQUEST_SECONDS
            if reader.expects_continue:
                reader.expects_continue = False
                self._send(b"HTTP/1.1 100 Continue\r\n\r\n")
            data = self._receive()
            if not data:
                return False
            reader.feed(data)
        return True

    def _answer_all(self) -> bool:
        """Returns whether the connection goes on."""
        while self._reader.ready:
            request = self._reader.ready.popleft()
            # It may take as long as it likes: long polling does.
            self.deadline = NEVER
            answer = ResponseWriter(request, self._send, lambda: self._socket is None)
            answer.respond(self._listener.application, self._base)
            if self._socket is None:
                return False
            if request.is_last:
                self._linger()
                return False
            if self._reader.ready:
                # Others' turn: an answer need not wait for anything.
                eventlet.sleep(0)
        return True

    def _own(self) -> socket.socket:
        if self._socket is None:
            raise ConnectionResetError("The connection is closed, or somebody else's.")
        return self._socket

    def _receive(self) -> bytes:
        own = self._own()
        if self._is_new:
            # A client speaks first, and mostly has by now.
            self._is_new = False
        else:
            self._wait(READ)
        while True:
            try:
                return own.recv(READ_BYTES)
            except BlockingIOError:
                self._wait(READ)

    def _wait(self, events: int) -> None:
        """Until there is something to read, or room to write. Others get their turn, also where a client sends without
        a pause."""
        self._watch(events)
        self._waiting = greenlet.getcurrent()
        try:
            self._turn.hub.switch()
        finally:
            self._waiting = None

    def _watch(self, events: int) -> None:
        if events != self._watched_for:
            self._watched_for = events
            self._turn.watch(self._own().fileno(), events, self._ready, is_patient=True)

    def _ready(self, _events: int) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.switch()
        else:
            # It is still being answered. The hub would come again and again.
            self._watch(0)

    def _send(self, data: bytes) -> None:
        own = self._own()
        view = memoryview(data)
        while view:
            try:
                view = view[own.send(view) :]
            except BlockingIOError:
                former, self.deadline = self.deadline, monotonic() + WRITE_SECONDS
                self._wait(WRITE)
                # The application may take as long as it likes for the next part.
                self.deadline = former

    def _refuse(self, status: str, error: ChatError) -> None:
        body = orjson.dumps(failure_payload(error))
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        with contextlib.suppress(OSError):
            self._send(head.encode() + b"Connection: close\r\n\r\n" + body)
            self._linger()

    def _linger(self) -> None:
        """Says that this was all, and lets the client finish."""
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
