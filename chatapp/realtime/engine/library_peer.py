"""The peer of a connection on the library's own transport, or of Flask-SocketIO's test client."""

from typing import Any, Protocol

from engineio import packet


class PacketServer(Protocol):
    """The library's Socket.IO server. The test client replaces this method."""

    def _send_eio_packet(self, eio_sid: str, eio_pkt: packet.Packet) -> Any: ...


class LibraryPeer:
    """A `peer.Peer` that sends through the server's own method."""

    __slots__ = ("_eio_sid", "_server")

    def __init__(self, server: PacketServer, eio_sid: str) -> None:
        self._server = server
        self._eio_sid = eio_sid

    def send_text(self, text: bytes, frame: bytes) -> None:
        self._server._send_eio_packet(self._eio_sid, packet.Packet(packet.MESSAGE, text.decode()))

    def send_joined(self, texts: list[bytes], frames: bytes) -> None:
        for text in texts:
            self.send_text(text, frames)

    def ack_deferred(self, size: int) -> None:
        """Does nothing: the library's transport reads without a limit."""

    def ack_sent(self, size: int) -> None:
        """Does nothing, as `ack_deferred`."""

    def ignore(self, seconds: float) -> None:
        """Does nothing, as `ack_deferred`."""
