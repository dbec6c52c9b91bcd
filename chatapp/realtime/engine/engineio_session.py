"""Engine.IO 4 sessions: long-polling as the library does it, WebSocket on our own transport, and the upgrade between.

https://github.com/socketio/engine.io-protocol. Packet types are one character: 0 open, 1 close, 2 ping, 3 pong,
4 message, 5 upgrade, 6 noop.
"""

import logging
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import engineio.socket
from engineio import exceptions, packet, payload

from chatapp.realtime.engine import malformed_packets, polling_hang_up
from chatapp.realtime.engine.message_pump import MessagePump
from chatapp.realtime.engine.websocket_frames import BINARY, GOING_AWAY, TEXT, build
from chatapp.realtime.engine.websocket_handshake import response_to, take_over
from chatapp.realtime.engine.websocket_transport import SLOW_READER, Transport

log = logging.getLogger(__name__)

PING_FRAME = build(TEXT, b"2")
PROBE, PROBE_ANSWER, UPGRADE, MESSAGE, PONG, CLOSE = b"2probe", b"3probe", b"5", b"4", b"3", b"1"

UPGRADE_SECONDS = 10.0
"""How long an upgrade may take, as in socket.io's own server; then the session stays with polling."""

LARGEST_QUEUE_BYTES = 4_194_304
"""What may wait for a polling client, PACKET_BYTES for each packet included: it may have left, or only ever post."""
PACKET_BYTES = 256

MOST_PACKETS_POLLED = 16
"""In one answer: the Python client refuses more."""

POSTED_AT_ONCE = 100
"""Packets of one body between which others get their turn."""

MOST_UNANSWERED_BYTES = 1_048_576
"""Of one connection's messages whose acks are outstanding, PACKET_BYTES for each included, beyond which it is not read
from until half are answered. Each comes back twice, as the event and as its ack, and one commit may store all of them,
as one confirmation may answer them: together that has to stay below what may wait for a reader
(`transport.LARGEST_BUFFER_BYTES`)."""
UNANSWERED_SECONDS = 0.02
"""How often a request of such a connection looks whether it may go on."""


class Engine(Protocol):
    """What a session needs of its server, beside what every server of the library has."""

    received: Callable[["EngineSocket", bytes], None]
    """Called with each message packet that arrives by WebSocket."""
    received_binary: Callable[["EngineSocket", bytes], None]
    """Called with each attachment."""

    @property
    def pump(self) -> MessagePump: ...

    def can_take_over(self, environ: dict[str, Any]) -> bool:
        """Whether the session can keep the socket of a request to upgrade."""


class EngineSocket(engineio.socket.Socket):  # type: ignore[misc]
    """One Engine.IO session. `transport` is there when it speaks WebSocket."""

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
        self.unanswered_bytes = 0
        self.pinged_at: float | None = None
        self._probe: Transport | None = None
        self._queued_bytes = 0

    def send(self, pkt: packet.Packet) -> None:
        """Sends a packet by whatever the session speaks now."""
        if self.transport is None:
            self._enqueue(pkt)
        elif not pkt.binary:
            self.transport.send(build(TEXT, pkt.encode().encode()))
        else:
            self.transport.send(build(BINARY, pkt.encode()))

    def send_text(self, text: bytes, frame: bytes) -> None:
        """Sends a message that was encoded for many: `frame` is the WebSocket frame of the message `text`."""
        if self.transport is not None:
            self.transport.send(frame)
        else:
            self._enqueue(packet.Packet(packet.MESSAGE, text.decode()))

    def send_joined(self, texts: list[bytes], frames: bytes) -> None:
        """Sends several such messages: `frames` is all of their frames in one."""
        if self.transport is not None:
            self.transport.send(frames)
            return
        for text in texts:
            self.send_text(text, b"")

    def poll(self) -> list[packet.Packet]:
        """What waits for a polling client. An upgrade may take the queue away while its last poll is being answered."""
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
            # The end, for whoever asks next as well.
            queue.put(found.pop())
        self._queued_bytes -= sum(map(_size, found))
        return found

    def ping(self) -> None:
        """A heartbeat; its answer clears `pinged_at`."""
        if self.transport is not None:
            self.transport.send(PING_FRAME)
        else:
            self._enqueue(packet.Packet(packet.PING))

    def began(self, size: int) -> None:
        """A message of the client's waits for its ack."""
        self.unanswered_bytes += PACKET_BYTES + size
        if self.unanswered_bytes > MOST_UNANSWERED_BYTES and self.transport is not None:
            self.transport.pause()

    def ended(self, size: int) -> None:
        """It was acked."""
        before = self.unanswered_bytes
        self.unanswered_bytes = before - PACKET_BYTES - size
        if before > MOST_UNANSWERED_BYTES // 2 >= self.unanswered_bytes:
            self.read_on()

    def read_on(self) -> None:
        """Reads again, if nothing is in the way any more."""
        if self.transport is not None and self.backlog is None and self.unanswered_bytes < MOST_UNANSWERED_BYTES:
            self.transport.resume()

    @property
    def is_paused(self) -> bool:
        """See `heartbeats.PingedSession`."""
        return self.transport is not None and self.transport.is_paused

    def time_out(self) -> None:
        """See `heartbeats.PingedSession`."""
        self.close(wait=False, reason=self.server.reason.PING_TIMEOUT)

    def schedule_ping(self) -> None:
        """Heartbeats are the timer wheel's; the library would park a greenlet for each."""
        self.pinged_at = None

    def check_ping_timeout(self) -> bool:
        """The timer wheel's too."""
        return not self.closed

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """Ends the session. `abort`: without a word."""
        if self.closed or self.closing:
            return
        self.closing = True
        self.server._trigger_event("disconnect", self.sid, reason or self.server.reason.SERVER_DISCONNECT)
        if not abort:
            self.send(packet.Packet(packet.CLOSE))
        self.closed = True
        transport, self.transport = self.transport, None
        probe, self._probe = self._probe, None
        for one in (transport, probe):
            if one is not None:
                one.close(GOING_AWAY, "")
        if self.queue is not None:
            self.queue.put(None)
        self.server.sockets.pop(self.sid, None)

    def handle_get_request(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        with polling_hang_up.ends_session(self, environ):
            return super().handle_get_request(environ, start_response)

    def handle_post_request(self, environ: dict[str, Any]) -> None:
        length = int(environ.get("CONTENT_LENGTH") or "0")
        if length > self.server.max_http_buffer_size:
            raise exceptions.ContentTooLongError
        try:
            body = environ["wsgi.input"].read(length).decode()
            for number, pkt in enumerate(payload.Payload(encoded_payload=body).packets, 1):
                self.receive(pkt)
                if number % POSTED_AT_ONCE == 0:
                    self._let_others_go_first()
        except Exception as error:
            log.info("A request sent what cannot be read", exc_info=True)
            self.close(wait=False, reason=self.server.reason.TRANSPORT_ERROR)
            raise exceptions.UnknownPacketError from error

    def _upgrade_websocket(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if not self.server.can_take_over(environ):
            malformed_packets.guard(self, lambda: self.close(wait=False, reason=self.server.reason.TRANSPORT_ERROR))
            return super()._upgrade_websocket(environ, start_response)
        answer = response_to(environ)
        if answer is None or self.upgraded or self._probe is not None or self.closed:
            return self.server._bad_request("Invalid websocket upgrade")
        own, early = take_over(environ)
        receive = self._receive_probe if self.connected else self._receive
        transport = Transport(own, self.server.pump, self.server.max_http_buffer_size, receive, self._lost, early)
        transport.send(answer)
        if self.connected:
            self._probe = transport
            self.server.pump.loop.call_later(UPGRADE_SECONDS, self._give_up, transport)
        else:
            self.connected = self.upgraded = True
            self._speak(transport)
        return []

    def _let_others_go_first(self) -> None:
        self.server.sleep(0)
        while self.unanswered_bytes >= MOST_UNANSWERED_BYTES and not self.closed:
            self.server.sleep(UNANSWERED_SECONDS)

    def _enqueue(self, pkt: packet.Packet) -> None:
        """For a polling client to fetch."""
        if self.closed:
            return
        self.queue.put(pkt)
        self._queued_bytes += _size(pkt)
        if self._queued_bytes > LARGEST_QUEUE_BYTES:
            # Not at once: whoever sends is in the middle of sending to many.
            self.server.pump.call(self.close, False, True, SLOW_READER)

    def _speak(self, transport: Transport) -> None:
        """From here on everything goes by WebSocket, what was waiting first."""
        self.transport = transport
        waiting, self.queue = self.queue, None
        while not waiting.empty():
            pkt = waiting.get()
            if pkt is not None and pkt.packet_type != packet.NOOP:
                self.send(pkt)
        # For a poll that is still open: it must not find out by the clock that nothing comes this way any more.
        waiting.put(packet.Packet(packet.NOOP))

    def _receive_probe(self, payload: bytes, is_binary: bool) -> None:
        """The upgrade: the client probes, we answer and end its poll, it upgrades."""
        transport = self._probe
        if transport is None:
            self._receive(payload, is_binary)
        elif payload == PROBE and not self.upgrading:
            # From here on polls are answered with nothing: what is sent waits for the upgrade.
            self.upgrading = True
            transport.send(build(TEXT, PROBE_ANSWER))
            self.queue.put(packet.Packet(packet.NOOP))
        elif payload == UPGRADE and self.upgrading:
            self._probe, self.upgrading, self.upgraded = None, False, True
            self._speak(transport)
        else:
            self._give_up(transport)

    def _give_up(self, transport: Transport) -> None:
        """The upgrade came to nothing; the session stays with polling."""
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
            # What cannot be read closes the connection, as socket.io's own server does.
            self.close(wait=False, reason=self.server.reason.TRANSPORT_ERROR)

    def _lost(self, transport: Transport, reason: str) -> None:
        """A transport is gone: the one in use, the probe of an upgrade, or one that was given up before."""
        if transport is self._probe:
            self._give_up(transport)
        elif transport is self.transport:
            self.close(wait=False, abort=True, reason=reason)


def _size(pkt: packet.Packet) -> int:
    return PACKET_BYTES + (len(pkt.data) if isinstance(pkt.data, str | bytes) else 0)
