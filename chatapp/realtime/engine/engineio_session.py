"""Engine.IO 4 sessions: the library's long-polling, WebSocket on our own transport, and the upgrade between them.

https://github.com/socketio/engine.io-protocol. Packet types are one character: 0 open, 1 close, 2 ping, 3 pong,
4 message, 5 upgrade, 6 noop.
"""

import logging
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import engineio
import engineio.socket
from engineio import exceptions, packet, payload

from chatapp.metrics.counters import counters
from chatapp.realtime.engine import malformed_packets, polling_hang_up
from chatapp.realtime.engine.closings import note_closing
from chatapp.realtime.engine.flow_control import PACKET_BYTES, FlowControl
from chatapp.realtime.engine.message_pump import MessagePump
from chatapp.realtime.engine.websocket_frames import BINARY, GOING_AWAY, TEXT, build
from chatapp.realtime.engine.websocket_handshake import response_to, take_over
from chatapp.realtime.engine.websocket_transport import LARGE_MESSAGE, SLOW_READER, Transport

log = logging.getLogger(__name__)

PING_FRAME = build(TEXT, b"2")
PROBE, PROBE_ANSWER, UPGRADE, MESSAGE, PONG, CLOSE = b"2probe", b"3probe", b"5", b"4", b"3", b"1"

UPGRADE_SECONDS = 10.0
"""How long an upgrade may take, as in socket.io's own server. After that the session keeps polling."""

MOST_PACKETS_POLLED = 16
"""Packets in one response. The Python client rejects more."""

PING_TIMEOUT = engineio.Server.reason.PING_TIMEOUT
LIMITS = {SLOW_READER: "outgoing_bytes", LARGE_MESSAGE: "message_bytes", PING_TIMEOUT: "heartbeat"}
"""What a session is closed for that has reached a limit, and the limit's name."""

POSTED_AT_ONCE = 100
"""Packets of one request that are handled before other greenlets run."""


class Engine(Protocol):
    """What a session needs of its server in addition to the library's `engineio.Server`."""

    received: Callable[["EngineSocket", bytes], None]
    """Called with each message packet that arrives by WebSocket."""
    received_binary: Callable[["EngineSocket", bytes], None]
    """Called with each attachment."""
    most_unsent_bytes: int
    """What may wait for a client that does not read. Beyond it the session ends."""

    @property
    def pump(self) -> MessagePump: ...

    def can_take_over(self, environ: dict[str, Any]) -> bool:
        """Whether the session can take over the socket of an upgrade request."""


class EngineSocket(FlowControl, engineio.socket.Socket):  # type: ignore[misc]
    """One Engine.IO session. `transport` is None while it uses polling."""

    queue: Any
    closed: bool
    closing: bool
    connected: bool
    upgrading: bool
    upgraded: bool

    def __init__(self, server: Engine, sid: str) -> None:
        super().__init__(server, sid)
        self.transport: Transport | None = None
        self.backlog: deque[str | bytes] | None = None
        self.backlog_bytes = 0
        self.pinged_at: float | None = None
        self._probe: Transport | None = None
        self._queued_bytes = 0
        self._is_posting = False

    @property
    def unsent_bytes(self) -> int:
        """Bytes that wait for the client to read them, or to fetch them."""
        return self._queued_bytes if self.transport is None else self.transport.unsent_bytes

    def send(self, pkt: packet.Packet) -> None:
        """Sends a packet over the session's current transport."""
        if self.transport is None:
            self._enqueue(pkt)
        elif not pkt.binary:
            self.transport.send(build(TEXT, pkt.encode().encode()))
        else:
            self.transport.send(build(BINARY, pkt.encode()))

    def send_text(self, text: bytes, frame: bytes) -> None:
        """Sends a message that was encoded once for many recipients. `frame` is the WebSocket frame of `text`."""
        if self.transport is not None:
            self.transport.send(frame)
        else:
            self._enqueue(packet.Packet(packet.MESSAGE, text.decode()))

    def send_joined(self, texts: list[bytes], frames: bytes) -> None:
        """Sends several such messages. `frames` holds the frames of all of them."""
        if self.transport is not None:
            self.transport.send(frames)
            return
        for text in texts:
            self.send_text(text, b"")

    def poll(self) -> list[packet.Packet]:
        """Returns the packets for a polling client. An upgrade may remove the queue while the last poll is answered."""
        queue = self.queue
        if queue is None:
            return [packet.Packet(packet.NOOP)]
        try:
            found = [queue.get(timeout=self.server.ping_interval + self.server.ping_timeout)]
            while found[-1] is not None and len(found) < MOST_PACKETS_POLLED and not queue.empty():
                found.append(queue.get(block=False))
        except self.server.get_queue_empty_exception() as error:
            raise exceptions.QueueEmpty from error
        if found[-1] is None:
            # None marks the end of the session. It stays in the queue for the next poll.
            queue.put(found.pop())
        self._queued_bytes -= sum(map(_size, found))
        return found

    def ping(self) -> None:
        """Sends a heartbeat. The answer clears `pinged_at`."""
        if self.transport is not None:
            self.transport.send(PING_FRAME)
        else:
            self._enqueue(packet.Packet(packet.PING))

    def time_out(self) -> None:
        """See `heartbeats.PingedSession`."""
        self.close(wait=False, reason=PING_TIMEOUT)

    def schedule_ping(self) -> None:
        """Leaves the ping to the timer wheel. The library would start a greenlet for each."""
        self.pinged_at = None

    def check_ping_timeout(self) -> bool:
        """Leaves the time-out to the timer wheel."""
        return not self.closed

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """Ends the session. With `abort` no close packet is sent."""
        if self.closed or self.closing:
            return
        self.closing = True
        if (limit := LIMITS.get(reason)) is not None:
            note_closing(self.sid, limit)
        self.server._trigger_event("disconnect", self.sid, reason or self.server.reason.SERVER_DISCONNECT)
        if not abort:
            self.send(packet.Packet(packet.CLOSE))
        self.closed = True
        transport, self.transport = self.transport, None
        probe, self._probe = self._probe, None
        for open_transport in (transport, probe):
            if open_transport is not None:
                open_transport.close(GOING_AWAY, "")
        if self.queue is not None:
            self.queue.put(None)
        self.server.sockets.pop(self.sid, None)

    def handle_get_request(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        with polling_hang_up.ends_session(self, environ):
            return super().handle_get_request(environ, start_response)

    def handle_post_request(self, environ: dict[str, Any]) -> None:
        length = int(environ.get("CONTENT_LENGTH") or "0")
        if length > self.server.max_http_buffer_size:
            counters.refusals["transport", "too_large"] += 1
            raise exceptions.ContentTooLongError
        try:
            if self._is_posting:
                # As the protocol demands: the order of the packets would be open.
                raise ValueError("The session sends two requests at once.")
            self._is_posting = True
            self.wait_until_read()
            body = environ["wsgi.input"].read(length).decode()
            for number, pkt in enumerate(payload.Payload(encoded_payload=body).packets, 1):
                self.receive(pkt)
                if number % POSTED_AT_ONCE == 0:
                    self.wait_until_read()
        except Exception as error:
            log.info("A request sent what cannot be read", exc_info=True)
            self.close(wait=False, reason=self.server.reason.TRANSPORT_ERROR)
            raise exceptions.UnknownPacketError from error
        self._is_posting = False

    def _upgrade_websocket(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if not self.server.can_take_over(environ):
            malformed_packets.guard(self, lambda: self.close(wait=False, reason=self.server.reason.TRANSPORT_ERROR))
            return super()._upgrade_websocket(environ, start_response)
        answer = response_to(environ)
        if answer is None or self.upgraded or self._probe is not None or self.closed:
            return self.server._bad_request("Invalid websocket upgrade")
        own, early = take_over(environ)
        receive = self._receive_probe if self.connected else self._receive
        transport = Transport(own, self.server.pump, self.server.max_http_buffer_size, receive, self._on_closed, early)
        transport.most_unsent_bytes = self.server.most_unsent_bytes
        transport.send(answer)
        if self.connected:
            self._probe = transport
            self.server.pump.loop.call_later(UPGRADE_SECONDS, self._abandon_upgrade, transport)
        else:
            self.connected = self.upgraded = True
            self._switch_to(transport)
        return []

    def _enqueue(self, pkt: packet.Packet) -> None:
        """Queues a packet until a polling client fetches it."""
        if self.closed:
            return
        self.queue.put(pkt)
        self._queued_bytes += _size(pkt)
        if self._queued_bytes > self.server.most_unsent_bytes:
            # A client that polls may have left, or may only post. Not at once: the caller may send to many sessions.
            self.server.pump.call(self.close, False, True, SLOW_READER)

    def _switch_to(self, transport: Transport) -> None:
        """Makes a WebSocket the session's transport, and sends the queued packets over it."""
        self.transport = transport
        if self.is_ignored:
            transport.pause()
        waiting, self.queue = self.queue, None
        while not waiting.empty():
            pkt = waiting.get()
            if pkt is not None and pkt.packet_type != packet.NOOP:
                self.send(pkt)
        # Ends a poll that is still open, which would otherwise wait for its time-out.
        waiting.put(packet.Packet(packet.NOOP))

    def _receive_probe(self, payload: bytes, is_binary: bool) -> None:
        """Handles an upgrade: the client probes, the server answers and ends the client's poll, the client upgrades."""
        transport = self._probe
        if transport is None:
            self._receive(payload, is_binary)
        elif payload == PROBE and not self.upgrading:
            # From now on polls are answered with a NOOP. Packets wait in the queue for the upgrade.
            self.upgrading = True
            transport.send(build(TEXT, PROBE_ANSWER))
            self.queue.put(packet.Packet(packet.NOOP))
        elif payload == UPGRADE and self.upgrading:
            self._probe, self.upgrading, self.upgraded = None, False, True
            self._switch_to(transport)
        else:
            self._abandon_upgrade(transport)

    def _abandon_upgrade(self, transport: Transport) -> None:
        """Closes the probe of a failed upgrade. The session keeps polling."""
        if transport is self._probe:
            self._probe, self.upgrading = None, False
            transport.close(GOING_AWAY, "")

    def _receive(self, payload: bytes, is_binary: bool) -> None:
        if is_binary:
            self.server.received_binary(self, payload)
            return
        kind = payload[:1]
        if kind == MESSAGE:
            self.server.received(self, payload)
        elif kind == PONG:
            self.pinged_at = None
        elif kind == CLOSE:
            self.close(wait=False, abort=True, reason=self.server.reason.CLIENT_DISCONNECT)
        else:
            # An unknown packet type closes the connection, as in socket.io's own server.
            self.close(wait=False, reason=self.server.reason.TRANSPORT_ERROR)

    def _on_closed(self, transport: Transport, reason: str) -> None:
        """Handles the end of a transport: the current one, the probe of an upgrade, or one that was replaced."""
        if transport is self._probe:
            self._abandon_upgrade(transport)
        elif transport is self.transport:
            self.close(wait=False, abort=True, reason=reason)


def _size(pkt: packet.Packet) -> int:
    return PACKET_BYTES + (len(pkt.data) if isinstance(pkt.data, str | bytes) else 0)
