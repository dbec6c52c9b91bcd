"""The destination of a client's messages, before and after the client is accepted."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Protocol

LARGEST_HELD_BYTES = 1_048_576
"""Limit of what is held for one client. Beyond it the connection is closed on acceptance; the client reconnects and
catches up."""


class Peer(Protocol):
    """Sends messages to one client."""

    def send_text(self, text: bytes, frame: bytes) -> None:
        """Sends one message. `frame` is its WebSocket frame."""

    def send_joined(self, texts: list[bytes], frames: bytes) -> None:
        """Sends several messages. `frames` holds the frames of all of them."""

    def ack_deferred(self, size: int) -> None:
        """Called when an event of the client, of `size` bytes, will be acked later."""

    def ack_sent(self, size: int) -> None:
        """Called when the ack of such an event is sent."""

    def ignore(self, seconds: float) -> None:
        """Reads nothing of the client for so long."""


class HoldingPeer:
    """Holds messages for a client that is in its rooms and not yet accepted.

    No message may be sent before the packet that accepts the client. None may be lost either: the client's first sync
    returns what was stored before it entered its rooms.
    """

    __slots__ = ("_held", "_held_bytes", "_is_released", "_lock", "_peer")

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._held: list[Callable[[], None]] = []
        self._held_bytes = 0
        self._is_released = False
        # With threads, one may send a message while another releases the held ones.
        self._lock = threading.RLock()

    def send_text(self, text: bytes, frame: bytes) -> None:
        self._send(len(frame), partial(self._peer.send_text, text, frame))

    def send_joined(self, texts: list[bytes], frames: bytes) -> None:
        self._send(len(frames), partial(self._peer.send_joined, texts, frames))

    def ack_deferred(self, size: int) -> None:
        self._peer.ack_deferred(size)

    def ack_sent(self, size: int) -> None:
        self._peer.ack_sent(size)

    def ignore(self, seconds: float) -> None:
        self._peer.ignore(seconds)

    def release(self) -> Peer | None:
        """Sends the held messages in order, and holds no more. Returns the peer to use from now on. Returns None, and
        sends nothing, if there were more than LARGEST_HELD_BYTES."""
        with self._lock:
            self._is_released = True
            held, self._held = self._held, []
            if self._held_bytes > LARGEST_HELD_BYTES:
                return None
            for send in held:
                send()
        return self._peer

    def _send(self, size: int, send: Callable[[], None]) -> None:
        with self._lock:
            if self._is_released:
                send()
                return
            self._held_bytes += size
            if self._held_bytes <= LARGEST_HELD_BYTES:
                self._held.append(send)
            else:
                self._held.clear()
