"""The Socket.IO side of the chat. `init_app` attaches it to an application that the factory built."""

import contextlib

from flask import Flask

from chatapp.config import Settings
from chatapp.errors import ChatError
from chatapp.factory import serve_below_path
from chatapp.jobs.kinds import KINDS
from chatapp.jobs.runner import Runner
from chatapp.journal import Journal
from chatapp.notices import Notice
from chatapp.origins import is_allowed, is_own_page
from chatapp.realtime.dispatcher import Dispatcher
from chatapp.realtime.engine.socketio_server import ChatServer, ChatSocketIO
from chatapp.realtime.index_compactor import IndexCompactor
from chatapp.realtime.join_timeout import JoinTimeout
from chatapp.realtime.json_packets import ChatPacket
from chatapp.realtime.load_limits import AddressLimit
from chatapp.realtime.metrics import of_sockets
from chatapp.realtime.namespace import ChatNamespace
from chatapp.realtime.process_lock import lock_sockets
from chatapp.realtime.start_report import report
from chatapp.realtime.ticker import Ticker


def init_app(app: Flask) -> ChatSocketIO:
    """Adds the Socket.IO server to `app`, subscribes it to the bus, and starts its timers.

    Raises BadSetting if another process already serves sockets from the same SQLite file.
    """
    settings: Settings = app.extensions["chatapp.settings"]
    journal: Journal = app.extensions["chatapp.journal"]
    app.extensions["chatapp.close"].append(lock_sockets(settings))
    sockets = ChatSocketIO()
    sockets.init_app(app, **_options(settings))
    serve_below_path(app, settings)
    server: ChatServer = sockets.server
    server.address_limit = AddressLimit(settings.address_connections)
    server.json_depth = settings.json_depth
    server.eio.most_unsent_bytes = settings.connection_bytes
    dispatcher = Dispatcher(app, settings, journal, server)
    sockets.on_namespace(ChatNamespace(dispatcher))
    app.extensions["chatapp.dispatcher"] = dispatcher
    app.extensions["chatapp.metrics"].append(of_sockets(server, dispatcher))
    _start(app, settings, journal, dispatcher, server)
    return sockets


def _options(settings: Settings) -> dict[str, object]:
    return {
        "async_mode": settings.async_mode,
        # Handlers run in the connection's reader. The default starts a thread for each event, which could reorder them.
        "async_handlers": False,
        "namespaces": ["/chat"],
        "cors_allowed_origins": lambda origin, environ: (
            is_own_page(origin, environ, settings.http_port) or is_allowed(origin, settings.origins)
        ),
        "ping_interval": settings.ping_interval,
        "ping_timeout": settings.ping_timeout,
        "max_http_buffer_size": settings.packet_bytes,
        "serializer": ChatPacket,
        "manage_session": False,
        "logger": False,
        "engineio_logger": False,
    }


def _start(app: Flask, settings: Settings, journal: Journal, dispatcher: Dispatcher, server: ChatServer) -> None:
    bus = app.extensions["chatapp.bus"]
    journal.listen(dispatcher.committed)
    with app.app_context():
        left_online = dispatcher.presence.start(is_only_node=settings.is_sqlite)
        report(settings, app.extensions["chatapp.found_log"], left_online)
    dispatcher.delivery.recover()
    dispatcher.personal.load()
    dispatcher.usernames.load()
    # Presence first: it deletes the rows of an earlier run, and a catch-up must not show those users as online.
    runner = Runner(app.app_context, journal, settings, KINDS)
    journal.listen(runner.committed)

    def receive(notices: list[Notice]) -> None:
        dispatcher.receive_notices(notices)
        runner.committed([], notices)

    bus.listen(receive, dispatcher.catch_up)
    runner.start()
    join_timeout = JoinTimeout(server, settings.join_timeout)
    ticker = Ticker(dispatcher, join_timeout.close_overdue)
    ticker.start()
    if settings.is_sqlite:
        compactor = IndexCompactor(app.app_context, journal)
        compactor.start()
        app.extensions["chatapp.close"].append(compactor.stop)
    app.extensions["chatapp.indexer"].sweep()
    app.extensions["chatapp.close"] += [
        ticker.stop,
        runner.stop,
        bus.close,
        lambda: _close_transports(journal, server),
    ]


def _close_transports(journal: Journal, server: ChatServer) -> None:
    """Closes transports, not Socket.IO sessions: JavaScript clients reconnect by themselves only after the former.

    First the watermarks are written of which the clients have heard: they may ask another process the next moment."""
    with contextlib.suppress(ChatError):
        journal.flush_watermarks()
    for eio_sid in list(server.eio.sockets):
        with contextlib.suppress(Exception):
            server.close_transport(eio_sid)
