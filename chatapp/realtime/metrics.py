"""The metrics of what a process has that serves sockets."""

from collections.abc import Iterable

from chatapp.metrics.family import Family, Part, gauge, gauges
from chatapp.realtime.dispatcher import Dispatcher
from chatapp.realtime.engine.socketio_server import ChatServer


def of_sockets(server: ChatServer, dispatcher: Dispatcher) -> Part:
    """See `family.Part`."""

    def part() -> Iterable[Family]:
        sessions = list(server.eio.sockets.values())
        on_websocket = sum(bool(session.upgraded) for session in sessions)
        transports = {("websocket",): on_websocket, ("polling",): len(sessions) - on_websocket}
        yield gauges("chatapp_connections", "Open connections.", ("transport",), transports)
        yield gauge("chatapp_online_users", "Users who are online, on any process.", dispatcher.presence.online_count)
        # The library's own transport does not say what it has queued.
        unsent = [getattr(session, "unsent_bytes", 0) for session in sessions]
        yield gauge("chatapp_outgoing_bytes", "Bytes that wait to be sent.", sum(unsent))
        yield gauge("chatapp_outgoing_largest_bytes", "The same of one connection.", max(unsent, default=0))

    return part
