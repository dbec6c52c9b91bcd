"""Runs the listeners in this process, until a signal says to stop."""

import logging
import resource
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from flask import Flask

from chatapp import close_app
from chatapp.config import BadSetting, Settings

log = logging.getLogger(__name__)

BACKLOG = 2048
"""Connections that wait to be accepted: thousands come back at once after a restart."""

STOP_POLL_SECONDS = 0.1

OPEN_SIGN_IN = "Sign-in is by name alone: anybody who reaches this address can be anyone without a password."

Application = Callable[..., Any]


def serve_all(app: Flask, http: Application, started: Callable[[Flask], None]) -> None:
    """Serves HTTP and Socket.IO; calls `started` when both listen. `http` is the application without its Socket.IO
    part; one port means one listener."""
    settings = _settings(app)
    if settings.http_port == settings.ws_port:
        _run(app, [(settings.ws_port, app.wsgi_app)], started)
    else:
        _run(app, [(settings.http_port, http), (settings.ws_port, app.wsgi_app)], started)


def serve_sockets(app: Flask) -> None:
    """Serves the Socket.IO side alone."""
    _run(app, [(_settings(app).ws_port, app.wsgi_app)], lambda _app: None)


def warn_of_open_sign_in(app: Flask) -> None:
    """Says at the start that anybody may come in."""
    if _settings(app).sign_in == "username":
        log.warning(OPEN_SIGN_IN)


def _settings(app: Flask) -> Settings:
    settings: Settings = app.extensions["chatapp.settings"]
    return settings


def _run(app: Flask, listeners: list[tuple[int, Application]], started: Callable[[Flask], None]) -> None:
    serve = _serve_green if _settings(app).async_mode == "eventlet" else _serve_threads
    stop = serve(app, listeners)
    started(app)
    _wait_for_signal()
    stop()
    close_app(app)
    sys.stdout.flush()


def _serve_green(app: Flask, listeners: list[tuple[int, Application]]) -> Callable[[], None]:
    from chatapp.http_listener.listener import Listener

    _raise_open_files()
    host = _settings(app).host
    # Each failure names the port: the usual one is a second start.
    sockets = [_listen(host, port) for port, _ in listeners]
    running = [Listener(one, application) for one, (_, application) in zip(sockets, listeners, strict=True)]

    def stop() -> None:
        for one in running:
            one.stop()

    return stop


def _serve_threads(app: Flask, listeners: list[tuple[int, Application]]) -> Callable[[], None]:
    """Werkzeug's threaded server, for the stock transport: development and tests, not the internet."""
    import threading

    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        """Says nothing of requests: a handshake's query carries the token."""

        def log(self, type: str, message: str, *args: Any) -> None:
            if type == "error":
                log.error(message, *args)

    host = _settings(app).host
    servers = [make_server(host, port, one, threaded=True, request_handler=Quiet) for port, one in listeners]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def stop() -> None:
        for server in servers:
            server.shutdown()

    return stop


def _listen(host: str, port: int) -> Any:
    from eventlet import patcher

    # The standard library's own: what is accepted from it never waits by itself.
    socket: Any = patcher.original("socket")
    found = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    # The port of a server that has just ended. Not that of one which runs: a second one would start without a word.
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(BACKLOG)
    except socket.gaierror as error:
        raise BadSetting(f"CHATAPP_HOST cannot be {host!r}: {error.strerror}.") from None
    except OSError as error:
        raise BadSetting(f"Cannot listen on {host} port {port}: {error.strerror}. Is another server running?") from None
    # Accepted sockets inherit it. Without it Nagle's algorithm and delayed acks make each round trip 44 ms.
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def _wait_for_signal() -> None:
    # A list, not an Event: a signal may arrive while the hub holds any lock.
    signals: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _frame: signals.append(received))
    while not signals:
        time.sleep(STOP_POLL_SECONDS)


def _raise_open_files() -> None:
    """A descriptor a connection: takes what the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
