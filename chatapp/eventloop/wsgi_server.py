"""eventlet's own WSGI server, used instead of `chatapp.http_listener` if CHATAPP_HTTP_LISTENER is `eventlet`.

Imports eventlet, so only a process in eventlet mode may import this module.
"""

import logging
import socket
import sys
from collections.abc import Callable, Iterable
from typing import Any

import eventlet
import eventlet.wsgi
from eventlet.greenio import GreenSocket

log = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

IDLE_SECONDS = 75.0
"""Time between two requests."""
SOCKET_SECONDS = 30.0
"""Time-out of each read of a request and each write of a response."""

MAX_CONNECTIONS = 50_000
"""Each has a greenlet. eventlet stops accepting connections at this number. Its default is 1,024."""


class ErrorLog:
    """Receives what eventlet.wsgi logs, and keeps the tracebacks.

    The access log and the other messages name the request line, whose query holds the token in a Socket.IO handshake.
    """

    def info(self, message: str, *_arguments: object) -> None:
        """Also gets the traceback of an application that failed, and of a response that could not be written."""
        if message.startswith("Traceback") and not _is_client_gone(sys.exception()):
            log.error("A request could not be answered\n%s", message.rstrip())

    def debug(self, message: str, *_arguments: object) -> None:
        """Does nothing."""

    error = debug


def _is_client_gone(error: BaseException | None) -> bool:
    """Whether eventlet.wsgi itself raised the error, where it writes a response, and not the application."""
    traceback = error.__traceback__.tb_next if isinstance(error, OSError) and error.__traceback__ else None
    return traceback is not None and traceback.tb_frame.f_globals is vars(eventlet.wsgi)


class WsgiServer:
    """Serves an application on a listening socket, which must be unpatched, until it is stopped. The application itself
    reads a body, and limits it: `large_bodies` is of no use here."""

    def __init__(self, listening: socket.socket, application: Application, large_bodies: object = None) -> None:
        self._application = application
        self._socket = GreenSocket(listening)
        self._greenlet = eventlet.spawn(
            eventlet.wsgi.server,
            self._socket,
            self._call,
            # eventlet's input ends with the body. Without this flag, Flask does not read a chunked body.
            environ={"wsgi.input_terminated": True},
            max_size=MAX_CONNECTIONS,
            keepalive=IDLE_SECONDS,
            socket_timeout=SOCKET_SECONDS,
            log=ErrorLog(),
            log_format="",
            # True would send tracebacks to the client.
            debug=False,
        )

    def stop(self) -> None:
        """Stops accepting and closes idle connections. Requests that are being answered go on."""
        self._greenlet.kill()
        self._socket.close()

    def _call(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "HTTP_UPGRADE" in environ:
            # A WebSocket has heartbeats, whose interval may be longer than the timeout.
            environ["eventlet.input"].get_socket().settimeout(None)
        return self._application(environ, start_response)


def mark_answered() -> None:
    """Tells the server of the current request that the application has taken its socket over (eventlet, gunicorn)."""
    eventlet.wsgi.WSGI_LOCAL.already_handled = True
