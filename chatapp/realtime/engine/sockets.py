"""Engine.IO 4 sessions: long-polling as the library does it, WebSocket on our own transport, and the upgrade between.

https://github.com/socketio/engine.io-protocol. Packet types are one character: 0 open, 1 close, 2 ping, 3 pong,
4 message, 5 upgrade, 6 noop.
"""

import logging
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import engineio.socket
from engineio import exceptions, packet

from chatapp.realtime.engine.frames import BINARY, GOING_AWAY, TEXT, build
from chatapp.realtime.engine.handshake import response_to, take_over
from chatapp.realtime.engine.transport import Transport

if TYPE_CHECKING:
    from chatapp.realtime.engine.engine import ChatEngine

log = logging.getLogger(__name__)

PING_FRAME = build(TEXT, b"2")
MOST_POLLED = 16
"""Packets in one answer to a poll: Python clients take no more. What is left comes with the next poll, at once."""

PROBE, PROBE_ANSWER, UPGRADE, PONG, CLOSE = b"2probe", b"3probe", b"5", b"3", b"1"


class EngineSocket(engineio.socket.Socket):  # type: ignore[misc]
    """One Engine.IO session. `transport` is there when it speaks WebSocket."""

    queue: Any
    closed: bool
    closing: bool
    connected: bool
    upgrading: bool
    upgraded: bool

    def __init__(self, server: "ChatEngine", sid: str) -> None:
        super().__init__(server, sid)
        self.transport: Transport | None = None
        self.backlog: deque[str | bytes] | None = None
        self.pinged_at: float | None = None
        self._probe: Transport | None = None

    def send(self, pkt: packet.Packet) -> None:
        """Sends a packet by whatever the session speaks now."""
        if self.transport is None:
            if not self.closed:
                self.queue.put(pkt)
        elif not pkt.binary:
            self.transport.send(build(TEXT, pkt.encode().encode()))
        else:
            self.transport.send(build(BINARY, pkt.encode()))

    def send_text(self, text: bytes, frame: bytes) -> None:
        """Sends a message that was encoded for many: `frame` is the WebSocket frame of the message `text`."""
        if self.transport is not None:
            self.transport.send(frame)
        elif not self.closed:
            self.queue.put(packet.Packet(packet.MESSAGE, text.decode()))

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
            while not queue.empty() and len(found) < MOST_POLLED:
                found.append(queue.get(block=False))
        except self.server.get_queue_empty_exception() as error:
            raise exceptions.QueueEmpty from error
        return [pkt for pkt in found if pkt is not None]

    def ping(self) -> None:
        """A heartbeat; its answer clears `pinged_at`."""
        if self.transport is not None:
            self.transport.send(PING_FRAME)
        elif not self.closed:
            self.queue.put(packet.Packet(packet.PING))

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
        if transport is not None:
            transport.close(GOING_AWAY, "")
        if self.queue is not None:
            self.queue.put(None)
        self.server.sockets.pop(self.sid, None)

    def handle_post_request(self, environ: dict[str, Any]) -> None:
        try:
            super().handle_post_request(environ)
        except Exception as error:
            log.info("A request sent what cannot be read", exc_info=True)
            self.close(wait=False, reason=self.server.reason.TRANSPORT_ERROR)
            raise exceptions.UnknownPacketError from error

    def _upgrade_websocket(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if not self.server.has_loop(environ):
            return super()._upgrade_websocket(environ, start_response)
        answer = response_to(environ)
        if answer is None or self.upgraded or self.upgrading:
            return self.server._bad_request("Invalid websocket upgrade")
        own = take_over(environ)
        receive = self._receive_probe if self.connected else self._receive
        transport = Transport(own, self.server.loop, self.server.max_http_buffer_size, receive, self._lost)
        transport.send(answer)
        if self.connected:
            self.upgrading, self._probe = True, transport
        else:
            self.connected = self.upgraded = True
            self._speak(transport)
        return []

    def _speak(self, transport: Transport) -> None:
        """From here on everything goes by WebSocket, what was waiting first."""
        self.transport = transport
        waiting, self.queue = self.queue, None
        while not waiting.empty():
            pkt = waiting.get()
            if pkt is not None and pkt.packet_type != packet.NOOP:
                self.send(pkt)

    def _receive_probe(self, payload: bytes, is_binary: bool) -> None:
        """The upgrade: the client probes, we answer and end its poll, it upgrades."""
        transport = self._probe
        if transport is None:
            self._receive(payload, is_binary)
        elif payload == PROBE:
            transport.send(build(TEXT, PROBE_ANSWER))
            self.queue.put(packet.Packet(packet.NOOP))
        elif payload == UPGRADE:
            self._probe, self.upgrading, self.upgraded = None, False, True
            self._speak(transport)
        else:
            self._probe, self.upgrading = None, False
            transport.close(GOING_AWAY, "")

    def _receive(self, payload: bytes, is_binary: bool) -> None:
        kind = payload[:1]
        if is_binary:
            self.server.received_binary(self, payload)
        elif kind == b"4":
            self.server.received(self, payload)
        elif kind == PONG:
            self.pinged_at = None
        elif kind == CLOSE:
            self.close(wait=False, abort=True, reason=self.server.reason.CLIENT_DISCONNECT)
        else:
            # What cannot be read closes the connection, as socket.io's own server does.
            self.close(wait=False, reason=self.server.reason.TRANSPORT_ERROR)

    def _lost(self, reason: str) -> None:
        """The transport is gone, or the probe of an upgrade that came to nothing."""
        if self._probe is not None:
            self._probe, self.upgrading = None, False
            return
        self.close(wait=False, abort=True, reason=reason)
