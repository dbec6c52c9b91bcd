"""The library's Engine.IO server, with our own sessions in eventlet mode."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import engineio
import orjson
from engineio import exceptions, packet, payload

from chatapp.load_errors import TooManyConnections
from chatapp.realtime.refusals import refused
from chatapp.security_headers import UNREADABLE

if TYPE_CHECKING:
    from chatapp.realtime.engine.engineio_session import EngineSocket
    from chatapp.realtime.engine.heartbeats import Heartbeats
    from chatapp.realtime.engine.message_pump import MessagePump

MOST_PACKETS_POSTED = 20_000
"""Packets in one request of a polling client, which sends everything that it has queued, acks included. The library
rejects a request with more than 16. The size of a request is limited separately."""
payload.Payload.max_decode_packets = MOST_PACKETS_POSTED

RETRY_SECONDS = "30"
"""When a client that was refused may try again."""


class ChatEngine(engineio.Server):  # type: ignore[misc]
    """`received` is called with each message packet that comes by WebSocket, `received_binary` with each attachment."""

    def __init__(
        self,
        received: Callable[["EngineSocket", bytes], None],
        received_binary: Callable[["EngineSocket", bytes], None],
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.received = received
        self.received_binary = received_binary
        self.most_unsent_bytes = 0
        self._pump: MessagePump | None = None
        self._heartbeats: Heartbeats | None = None

    @property
    def is_green(self) -> bool:
        return bool(self.async_mode == "eventlet")

    @property
    def pump(self) -> "MessagePump":
        """Created with the first connection, because a forked worker has its own event loop."""
        if self._pump is None:
            from chatapp.realtime.engine.message_pump import MessagePump

            self._pump = MessagePump()
        return self._pump

    @property
    def heartbeats(self) -> "Heartbeats":
        if self._heartbeats is None:
            from chatapp.realtime.engine.heartbeats import Heartbeats

            self._heartbeats = Heartbeats(self.pump, self.ping_interval, self.ping_timeout)
        return self._heartbeats

    def can_take_over(self, environ: dict[str, Any]) -> bool:
        """Whether a WebSocket of this request can use our transport. The library's transport needs two greenlets."""
        from chatapp.realtime.engine.websocket_handshake import can_take_over

        return can_take_over(environ)

    def handle_request(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, *UNREADABLE], *rest)

        body = super().handle_request(environ, start)
        if not self.is_green:
            return body
        from chatapp.realtime.engine import polling_hang_up

        return polling_hang_up.response_to(environ, body)

    def _handle_connect(
        self,
        environ: dict[str, Any],
        start_response: Callable[..., Any],
        transport: str,
        jsonp_index: int | None = None,
    ) -> Any:
        """Does what the library's method does, with our session class."""
        if not self.is_green:
            return super()._handle_connect(environ, start_response, transport, jsonp_index)
        from chatapp.realtime.engine.engineio_session import EngineSocket
        from chatapp.realtime.engine.websocket_handshake import response_to

        if transport == "websocket" and response_to(environ) is None:
            return self._bad_request("Invalid websocket upgrade")
        sid = self.generate_id()
        session = self.sockets[sid] = EngineSocket(self, sid)
        session.send(packet.Packet(packet.OPEN, self._opening(sid, transport)))
        if self._trigger_event("connect", sid, environ, run_async=False) is False:
            del self.sockets[sid]
            return _too_many_connections()
        self.heartbeats.add(session)
        if transport == "websocket":
            answer = session.handle_get_request(environ, start_response)
            if not session.connected or session.closed:
                session.close(wait=False, abort=True)
            return answer
        session.connected = True
        try:
            return self._ok(session.poll(), jsonp_index=jsonp_index)
        except exceptions.QueueEmpty:
            return self._bad_request()

    def _opening(self, sid: str, transport: str) -> dict[str, Any]:
        return {
            "sid": sid,
            "upgrades": self._upgrades(sid, transport),
            "pingInterval": int(self.ping_interval * 1000),
            "pingTimeout": int(self.ping_timeout * 1000),
            "maxPayload": self.max_http_buffer_size,
        }


def _too_many_connections() -> dict[str, Any]:
    refusal = TooManyConnections("There are too many connections from your address. Please close some.")
    return {
        "status": "429 TOO MANY REQUESTS",
        "headers": [("Content-Type", "application/json"), ("Retry-After", RETRY_SECONDS)],
        "response": orjson.dumps(refused(refusal, door="transport")),
    }
