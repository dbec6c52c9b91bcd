"""Ends the session of a polling client that hangs up while its poll waits, or before the response is written.

Engine.IO for Node does the same ("transport close"). Without it, a client that is gone counts as online, and acks wait
for it, until it misses a heartbeat. See docs/decisions/0019-polling-hang-up.md.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from chatapp.eventloop.event_loop import current_loop
from chatapp.eventloop.hang_up import HANG_UP, has_hung_up, is_broken
from chatapp.http_listener.listener import CONNECTION

POLL = "chatapp.poll"
"""The environ's key for the session and the connection of a poll."""


class PollingSession(Protocol):
    """What this module needs of an Engine.IO session."""

    server: Any
    upgrading: bool
    upgraded: bool

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """Ends the session."""


class PollConnection(Protocol):
    """The connection that carries a poll."""

    def fileno(self) -> int:
        """Returns the file descriptor of its socket."""

    def when_hung_up(self, call: Callable[[], object] | None) -> None:
        """Calls a function, once, if the client hangs up. None cancels it."""


class ServerSocket:
    """A connection of gunicorn or of eventlet.wsgi, which do not listen to its socket while the application runs."""

    def __init__(self, socket: Any) -> None:
        self._descriptor: int = socket.fileno()
        self._call: Callable[[], object] | None = None

    def fileno(self) -> int:
        return self._descriptor

    def when_hung_up(self, call: Callable[[], object] | None) -> None:
        self._call = call
        current_loop().watch(self._descriptor, HANG_UP if call is not None else 0, self._ready)

    def _ready(self, _events: int) -> None:
        call = self._call
        self.when_hung_up(None)
        if call is not None:
            call()


class PollResponse:
    """The body of the response to a poll. The server closes it after writing it, and after failing to."""

    def __init__(self, body: Iterable[bytes], session: PollingSession, connection: PollConnection) -> None:
        self._body = body
        self._session = session
        self._connection = connection

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        # A client may hang up once it has read the response, so only a broken connection counts here.
        if is_broken(self._connection.fileno()):
            _end(self._session)


@contextmanager
def ends_session(session: PollingSession, environ: dict[str, Any]) -> Iterator[None]:
    """Ends the session if the client hangs up during a GET request of the polling transport."""
    connection = _connection_of(environ)
    if connection is None or environ.get("HTTP_UPGRADE", "").lower() == "websocket":
        yield
        return
    environ[POLL] = session, connection
    connection.when_hung_up(lambda: _end(session))
    try:
        yield
    finally:
        connection.when_hung_up(None)
    # The hang-up may have arrived together with the packets that end the poll.
    if has_hung_up(connection.fileno()):
        _end(session)


def response_to(environ: dict[str, Any], body: Iterable[bytes]) -> Iterable[bytes]:
    """Returns the body of a response. If it answers a poll, the session ends when it cannot be written."""
    poll = environ.pop(POLL, None)
    return body if poll is None else PollResponse(body, *poll)


def _connection_of(environ: dict[str, Any]) -> PollConnection | None:
    if CONNECTION in environ:
        own: PollConnection = environ[CONNECTION]
        return own
    if "gunicorn.socket" in environ:
        return ServerSocket(environ["gunicorn.socket"])
    if "eventlet.input" in environ:
        return ServerSocket(environ["eventlet.input"].get_socket())
    return None


def _end(session: PollingSession) -> None:
    # A client that upgrades may drop its poll: it already speaks WebSocket.
    if not session.upgrading and not session.upgraded:
        # In a greenlet of its own, because a callback of the event loop must not wait.
        reason = session.server.reason.TRANSPORT_CLOSE
        session.server.start_background_task(session.close, False, True, reason)
