"""The Socket.IO server: handles the events of a connection in order, and sends acks that may come later."""

import logging
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import flask_socketio
import orjson
import socketio
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from chatapp.clock import monotonic
from chatapp.errors import MalformedRequest, UnknownEvent
from chatapp.json_depth import require_depth
from chatapp.metrics.counters import counters
from chatapp.realtime.engine import malformed_packets
from chatapp.realtime.engine.deferred_ack import DeferredAck
from chatapp.realtime.engine.engineio_server import ChatEngine
from chatapp.realtime.engine.library_peer import LibraryPeer
from chatapp.realtime.engine.manager import ChatManager, Client
from chatapp.realtime.engine.peer import Peer
from chatapp.realtime.json_packets import OrJson
from chatapp.realtime.load_limits import AddressLimit
from chatapp.realtime.refusals import refused

if TYPE_CHECKING:
    from chatapp.realtime.engine.engineio_session import EngineSocket

log = logging.getLogger(__name__)

HOT_NAMESPACE = "/chat"
HOT_EVENTS = (b'["privateMessage"', b'["groupMessage"')
"""Events whose handlers never block. They are handled without their own greenlet."""

EVENT_PREFIX, ACK_PREFIX = b"42/chat,", b"43/chat,"
LARGEST_ID_DIGITS = 15
FIRST_DIGIT = len(ACK_PREFIX)
AFTER_LARGEST_ID = FIRST_DIGIT + LARGEST_ID_DIGITS + 1
BACKLOG_LIMIT, BACKLOG_BYTES_LIMIT = 100, 1_000_000
"""Events of a connection that wait for an earlier one. With more, the server stops reading from the connection."""


class ChatServer(socketio.Server):  # type: ignore[misc]
    """Differs from its parent in what it does with events.

    A handler that returns a DeferredAck is acked when that is set, so that later events of its connection do not wait
    for the ack of an earlier one. A malformed event is refused instead of dropped. Packets from our own transport are
    handled here: an ack by its id alone, a hot event at once, and all others in order in a greenlet of the connection.
    """

    manager: ChatManager
    acks_in_place = False
    on_transport_opened: Callable[[str], None] | None = None
    address_limit: AddressLimit | None = None
    json_depth = 32

    def peer_of(self, eio_sid: str) -> Peer:
        """The peer to which messages for a connection are written."""
        session = self.eio.sockets.get(eio_sid)
        return session if hasattr(session, "send_text") else LibraryPeer(self, eio_sid)

    def close_transport(self, eio_sid: str) -> None:
        """Closes the transport of a connection without a Socket.IO disconnect or an Engine.IO close packet.

        After either of those, JavaScript clients do not reconnect by themselves.

        Does not wait for a polling client to fetch the queued packets, since it may never do so.
        """
        session = self.eio.sockets.get(eio_sid)
        if session is not None:
            session.close(wait=False, abort=True, reason=self.reason.SERVER_DISCONNECT)
            self.eio.sockets.pop(eio_sid, None)

    def ignore(self, sid: str, seconds: float) -> None:
        """Reads nothing of a client's connection for so long. Not with the library's own transport."""
        client = self.manager.client(sid, HOT_NAMESPACE)
        if client is not None:
            client.peer.ignore(seconds)

    def disconnect(self, sid: str, namespace: str | None = None, ignore_queue: bool = False) -> None:
        """Disconnects a client from the namespace. The join time-out of its transport starts again."""
        eio_sid = self.manager.eio_sid_from_sid(sid, namespace or "/")
        super().disconnect(sid, namespace, ignore_queue)
        if eio_sid is not None and self.on_transport_opened is not None:
            self.on_transport_opened(eio_sid)

    def received(self, session: "EngineSocket", payload: bytes) -> None:
        """Handles a message packet from our own transport."""
        if payload.startswith(ACK_PREFIX):
            end = payload.find(b"[", FIRST_DIGIT, AFTER_LARGEST_ID)
            # There is one ack a delivery, so a body is parsed only if it may contain `false`.
            if end > 0 and (payload.find(b"false", end) < 0 or not _says_failure(_arguments_of(payload[end:]))):
                self.manager.acked(session.sid, HOT_NAMESPACE, payload[FIRST_DIGIT:end])
        elif self._is_busy(session) or not self._take_hot_event(session, payload):
            self._queue(session, payload[1:].decode())

    def received_binary(self, session: "EngineSocket", payload: bytes) -> None:
        """Handles an attachment from our own transport."""
        self._queue(session, payload)

    def _is_busy(self, session: "EngineSocket") -> bool:
        """Whether earlier packets of the connection are still being handled, or an attachment is awaited."""
        return session.backlog is not None or session.sid in self._binary_packet

    def _queue(self, session: "EngineSocket", data: str | bytes) -> None:
        """Queues a packet for the greenlet that handles the connection's packets in order."""
        if session.backlog is None:
            session.backlog = deque((data,))
            session.backlog_bytes = len(data)
            self.start_background_task(self._handle_backlog, session)
        else:
            session.backlog.append(data)
            session.backlog_bytes += len(data)
            is_long = len(session.backlog) > BACKLOG_LIMIT or session.backlog_bytes > BACKLOG_BYTES_LIMIT
            if is_long and session.transport is not None:
                counters.paused["waiting_events"] += not session.transport.is_paused
                session.transport.pause()

    def _take_hot_event(self, session: "EngineSocket", payload: bytes) -> bool:
        """Handles an event whose handler never blocks. Returns False, without side effects, for all others."""
        if not payload.startswith(EVENT_PREFIX):
            return False
        start = payload.find(b"[", len(EVENT_PREFIX), len(EVENT_PREFIX) + LARGEST_ID_DIGITS + 1)
        digits = payload[len(EVENT_PREFIX) : start]
        client = self.manager.client_of(session.sid, HOT_NAMESPACE)
        if start < 0 or not payload.startswith(HOT_EVENTS, start) or client is None or not client.is_connected:
            return False
        if digits and not digits.isdigit():
            return False
        try:
            data = orjson.loads(payload[start:])
        except orjson.JSONDecodeError:
            return False
        self._dispatch(client, data, int(digits) if digits else None, len(payload))
        return True

    def _handle_backlog(self, session: "EngineSocket") -> None:
        """Handles a connection's queued packets one after the other. Handlers may block."""
        while session.backlog and not session.closed:
            self._handle_eio_message(session.sid, session.backlog.popleft())
        session.backlog = None
        session.resume_reading()

    def _handle_eio_message(self, eio_sid: str, data: str | bytes) -> None:
        try:
            if eio_sid in self._binary_packet and isinstance(data, str):
                raise ValueError("A packet came where an attachment was announced.")
            super()._handle_eio_message(eio_sid, data)
        except Exception:
            log.info("A connection sent a packet that cannot be read", exc_info=True)
            self.close_transport(eio_sid)

    def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:
        client = self.manager.client_of(eio_sid, namespace or "/")
        if client is not None and client.is_connected:
            self._dispatch(client, data, id)

    def _dispatch(self, client: Client, data: Any, id: int | None, size: int = 0) -> None:
        if not (isinstance(data, list) and data and isinstance(data[0], str)):
            refusal = refused(MalformedRequest("Expected an event: a JSON array that begins with its name."))
            self._acknowledge(client, id, refusal)
            return
        if data[0] in self.reserved_events:
            # These names call the server's own handlers. From the wire they would connect or disconnect a client.
            refusal = refused(UnknownEvent(f"There is no event {data[0]}: it is a word of the protocol."))
            self._acknowledge(client, id, refusal)
            return
        try:
            require_depth(data, self.json_depth)
        except MalformedRequest as error:
            self._acknowledge(client, id, refused(error))
            return
        began = monotonic()
        result = self._trigger_event(data[0], client.namespace, client.sid, *data[1:])
        if isinstance(result, DeferredAck):
            if self.acks_in_place:
                self._acknowledge(client, id, result.wait())
            else:
                client.peer.ack_deferred(size)
                result.when_set(lambda response: self._answer_late(client, id, size, began, response))
        else:
            self._acknowledge(client, id, result)

    def _answer_late(self, client: Client, id: int | None, size: int, began: float, response: Any) -> None:
        counters.ack_seconds.observe(monotonic() - began)
        client.peer.ack_sent(size)
        self._acknowledge(client, id, response)

    def _acknowledge(self, client: Client, id: int | None, response: Any) -> None:
        if id is not None:
            self.manager.acknowledge(client, id, response)

    def _handle_ack(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:
        if not isinstance(data, list) or id is None:
            raise ValueError("An ack carries an id and an array.")
        if not _says_failure(data):
            self.manager.acked(eio_sid, namespace or "/", b"%d" % id)

    def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> bool | None:
        """Returns False for a transport that may not open."""
        limit = self.address_limit
        if limit is not None and not limit.enter(eio_sid, environ.get("REMOTE_ADDR", "")):
            return False
        if self.on_transport_opened is not None:
            self.on_transport_opened(eio_sid)
        session = self.eio.sockets.get(eio_sid)
        if session is not None and not hasattr(session, "send_text"):
            malformed_packets.guard(session, lambda: self.close_transport(eio_sid))
        super()._handle_eio_connect(eio_sid, environ)
        return None

    def _handle_connect(self, eio_sid: str, namespace: str | None, data: Any) -> None:
        """Calls the library's method, which may block. If the connection closes meanwhile, the client is removed here,
        since nothing else removes it."""
        if eio_sid not in self.environ:
            return
        super()._handle_connect(eio_sid, namespace, data)
        if eio_sid not in self.environ:
            self._handle_disconnect(eio_sid, namespace)

    def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        # This comes first: either the client is found below, or `_handle_connect` finds the connection closed.
        self.environ.pop(eio_sid, None)
        super()._handle_eio_disconnect(eio_sid, reason)
        self._binary_packet.pop(eio_sid, None)
        if self.address_limit is not None:
            self.address_limit.leave(eio_sid)

    def _engineio_server_class(self) -> Callable[..., ChatEngine]:
        return lambda **options: ChatEngine(self.received, self.received_binary, **options)


def _says_failure(arguments: list[Any]) -> bool:
    """Whether the body of an ack says `success: false`. Such an ack confirms nothing."""
    return any(isinstance(argument, dict) and argument.get("success") is False for argument in arguments)


def _arguments_of(body: bytes) -> list[Any]:
    """The arguments of an ack; none if the body is malformed."""
    try:
        found: list[Any] = OrJson.loads(body)
    except (ValueError, RecursionError):
        return []
    return found


class ChatSocketIO(flask_socketio.SocketIO):  # type: ignore[misc]
    """Flask-SocketIO with our server."""

    def init_app(self, app: Flask, **options: Any) -> None:
        unwrapped = app.wsgi_app
        super().init_app(app, **options)
        app.wsgi_app = unwrapped.app if isinstance(unwrapped, ProxyFix) else unwrapped  # type: ignore
        self.server = ChatServer(client_manager=ChatManager(), **self.server_options)
        for handler in self.namespace_handlers:
            self.server.register_namespace(handler)
        # This middleware is outside of Flask. It handles the Socket.IO path and passes on everything else.
        self.sockio_mw = flask_socketio._SocketIOMiddleware(self.server, app, socketio_path="socket.io")
        app.wsgi_app = self.sockio_mw  # type: ignore[method-assign]
        if isinstance(unwrapped, ProxyFix):
            # ProxyFix is outermost, so that the origin check sees the address that the browser uses.
            hops = {name: getattr(unwrapped, name) for name in ("x_for", "x_proto", "x_host")}
            app.wsgi_app = ProxyFix(self.sockio_mw, **hops)  # type: ignore[method-assign]

    def test_client(self, *args: Any, **options: Any) -> flask_socketio.SocketIOTestClient:
        """Makes acks synchronous: Flask-SocketIO's test client looks for an ack right after its event was handled."""
        self.server.acks_in_place = True
        return super().test_client(*args, **options)
