"""A Socket.IO client of a few kilobytes, of which thousands fit into one process."""

import asyncio
import json
import socket

HOST = "127.0.0.1"
UPGRADE = (
    f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {HOST}\r\n"
    "Connection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
).encode()
TEXT = 0x81
"""First byte of a frame of text."""
OPENED, PING, PONG, ACCEPTED, SYNCED = b"0", b"2", b"3", b"40/chat,", b"43/chat,0["
ONLY_TOLD = b"42/chat,["
"""Begin of an event that asks for no ack. There are millions of them when thousands come online."""
SYNC = b'42/chat,0["sync",{"userRevision":0,"conversations":[]}]'


class LightClient(asyncio.Protocol):
    """One connection: it joins, syncs as a page does that was just loaded, and answers heartbeats. It confirms nothing.

    `served` is done when the sync is answered, and fails with ConnectionError if the connection ends before or the
    server refuses. `lost` is done when the connection has ended."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._held = bytearray()
        self._is_upgraded = False
        self._is_silent = False
        self._transport: asyncio.Transport | None = None
        loop = asyncio.get_running_loop()
        self.served: asyncio.Future[None] = loop.create_future()
        self.lost: asyncio.Future[None] = loop.create_future()

    @classmethod
    async def connect(cls, port: int, token: str, *, receive_buffer_bytes: int | None = None) -> "LightClient":
        """Returns a client as soon as its TCP connection is open. Raises OSError."""
        wire = socket.socket()
        wire.setblocking(False)
        if receive_buffer_bytes is not None:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_connect(wire, (HOST, port))
        except BaseException:
            wire.close()
            raise
        _, client = await loop.create_connection(lambda: cls(token), sock=wire)
        return client

    def fall_silent(self) -> None:
        """From now on answers no heartbeat, but reads on."""
        self._is_silent = True

    def stop_reading(self) -> None:
        """From now on neither reads nor answers. The connection stays open."""
        assert self._transport is not None
        self._transport.pause_reading()

    def abort(self) -> None:
        """Ends the connection at once."""
        assert self._transport is not None
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(UPGRADE)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.served.done():
            self.served.set_exception(ConnectionError(f"The connection ended: {error}"))
        self.lost.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._held += data
        if not self._is_upgraded:
            head, end, rest = self._held.partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.abort()
                return
            self._is_upgraded = True
            self._held = rest
        self._read_frames()

    def _read_frames(self) -> None:
        held, at = self._held, 0
        while len(held) - at >= 2:
            size, body = held[at + 1], at + 2
            if size >= 126:
                body += 2 if size == 126 else 8
                size = int.from_bytes(held[at + 2 : body])
            if len(held) < body + size:
                break
            if held[at] == TEXT and not held.startswith(ONLY_TOLD, body):
                self._answer(bytes(held[body : body + size]))
            at = body + size
        del held[:at]

    def _answer(self, packet: bytes) -> None:
        if packet == PING:
            if not self._is_silent:
                self._send(PONG)
        elif packet.startswith(ACCEPTED):
            self._send(SYNC)
        elif packet.startswith(SYNCED):
            if b'"success":true' in packet and not self.served.done():
                self.served.set_result(None)
            else:
                self.abort()
        elif packet.startswith(OPENED):
            self._send(ACCEPTED + json.dumps({"token": self._token}).encode())
        elif packet.startswith(b"44"):
            self.abort()

    def _send(self, packet: bytes) -> None:
        """Sends a frame whose mask is zero, as RFC 6455 allows: its content is as before."""
        assert self._transport is not None
        size = len(packet)
        length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2)
        self._transport.write(bytes([TEXT]) + length + bytes(4) + packet)
