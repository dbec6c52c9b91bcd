"""Runs the HTTP listeners in this process until a signal asks it to stop."""

import logging
import resource
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, Protocol

from flask import Flask

from chatapp import close_app
from chatapp.config import BadSetting, Settings
from chatapp.http_listener.large_bodies import LargeBodies
from chatapp.service_manager import ServiceManager

log = logging.getLogger(__name__)

BACKLOG = 2048
"""Connections that wait to be accepted: after a restart, thousands of clients reconnect at once."""

STOP_POLL_SECONDS = 0.1

OPEN_SIGN_IN = "Sign-in is by name alone: anybody who reaches this address can sign in as anyone, without a password."

Application = Callable[..., Any]


class Stoppable(Protocol):
    """A server that runs."""

    def stop(self) -> None:
        """Stops accepting connections."""


def serve_all(app: Flask, http: Application, started: Callable[[Flask], None]) -> None:
    """Serves HTTP and Socket.IO. `http` is the application without its Socket.IO part.

    Calls `started` when both listen. If both ports are the same, one listener serves everything.
    """
    settings = _settings(app)
    if settings.http_port == settings.ws_port:
        _run(app, [(settings.ws_port, app.wsgi_app)], started)
    else:
        _run(app, [(settings.http_port, http), (settings.ws_port, app.wsgi_app)], started)


def serve_sockets(app: Flask) -> None:
    """Serves the Socket.IO port alone."""
    _run(app, [(_settings(app).ws_port, app.wsgi_app)], lambda _app: None)


def warn_of_open_sign_in(app: Flask) -> None:
    """Logs a warning if users sign in without a password."""
    if _settings(app).sign_in == "username":
        log.warning(OPEN_SIGN_IN)


def _settings(app: Flask) -> Settings:
    settings: Settings = app.extensions["chatapp.settings"]
    return settings


def _run(app: Flask, listeners: list[tuple[int, Application]], started: Callable[[Flask], None]) -> None:
    serve = _serve_on_event_loop if _settings(app).async_mode == "eventlet" else _serve_threads
    manager = ServiceManager()
    # Before the manager hears that the server is ready: it may stop it at once.
    signals = _heard_signals()
    stop = serve(app, listeners)
    started(app)
    manager.ready()
    while not signals:
        # Not reached while the event loop is stuck.
        manager.alive()
        time.sleep(STOP_POLL_SECONDS)
    manager.stopping()
    stop()
    close_app(app)
    sys.stdout.flush()


def _serve_on_event_loop(app: Flask, listeners: list[tuple[int, Application]]) -> Callable[[], None]:
    _raise_open_files()
    settings = _settings(app)
    listener = listener_class(settings.http_listener)
    large_bodies = LargeBodies(app.extensions["chatapp.large_bodies"], app.extensions["chatapp.streamed_bodies"])
    # All sockets are bound before any is served. A failure, mostly a server that already runs, names the port.
    sockets = [listen(settings.host, port) for port, _ in listeners]
    servers = [
        listener(listening, application, large_bodies)
        for listening, (_, application) in zip(sockets, listeners, strict=True)
    ]

    def stop() -> None:
        for server in servers:
            server.stop()

    return stop


def listener_class(name: str) -> Callable[..., Stoppable]:
    """Returns what CHATAPP_HTTP_LISTENER names. Both import eventlet, which a process of threads must not."""
    if name == "eventlet":
        from chatapp.eventloop.wsgi_server import WsgiServer

        return WsgiServer
    from chatapp.http_listener.listener import Listener

    return Listener


def _serve_threads(app: Flask, listeners: list[tuple[int, Application]]) -> Callable[[], None]:
    """Runs Werkzeug's threaded server, with the library's transport: for development and tests, not the internet."""
    import threading

    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        """Logs no requests: the query of a handshake may hold a token."""

        def log(self, type: str, message: str, *args: Any) -> None:
            if type == "error":
                log.error(message, *args)

    host = _settings(app).host
    servers = [
        make_server(host, port, application, threaded=True, request_handler=Quiet) for port, application in listeners
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def stop() -> None:
        for server in servers:
            server.shutdown()

    return stop


def listen(host: str, port: int) -> Any:
    """Returns an unpatched listening socket. Raises BadSetting if the address or the port cannot be used."""
    from chatapp.eventloop.unpatched import socket

    found = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    # Allows the port of a server that has just ended. SO_REUSEPORT would also allow that of one that still runs.
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(BACKLOG)
    except socket.gaierror as error:
        raise BadSetting(f"CHATAPP_HOST cannot be {host!r}: {error.strerror}.") from None
    except OSError as error:
        raise BadSetting(f"Cannot listen on {host} port {port}: {error.strerror}. Is another server running?") from None
    # Accepted sockets inherit it. Without it, Nagle's algorithm and delayed ACKs make each round trip 44 ms.
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def _heard_signals() -> list[int]:
    """The signals that ask the process to stop, which are added when they come."""
    # A list instead of an Event: the signal may arrive while the event loop holds a lock.
    signals: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _frame: signals.append(received))
    return signals


def _raise_open_files() -> None:
    """Raises the limit of open files to what the system allows. Each connection needs a file descriptor."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
