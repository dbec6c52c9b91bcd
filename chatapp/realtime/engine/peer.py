"""What a client's messages are written to, before and after the client is accepted."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Protocol

LARGEST_HELD_BYTES = 1_048_576
"""Held for one client. Beyond that its connection is closed when it is accepted: it comes back and catches up."""


class Peer(Protocol):
    """What a client's messages are written to."""

    def send_text(self, text: bytes, frame: bytes) -> None:
        """One message, and the WebSocket frame of it."""

    def send_joined(self, texts: list[bytes], frames: bytes) -> None:
        """Several messages, and their frames in one."""

    def began(self, size: int) -> None:
        """An event of the client's, of so many bytes, is being worked on, whose ack comes later."""

    def ended(self, size: int) -> None:
        """That ack is there."""


class HoldingPeer:
    """Holds messages for a client that is in its rooms and not yet accepted.

    On the wire nothing may overtake the packet that accepts a client. Nothing may be lost either: what the client
    fetches once it is accepted begins where its rooms begin.
    """

    __slots__ = ("_held", "_held_bytes", "_is_released", "_lock", "_peer")

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._held: list[Callable[[], None]] = []
        self._held_bytes = 0
        self._is_released = False
        # With threads, one may send what another is about to release.
        self._lock = threading.RLock()

    def send_text(self, text: bytes, frame: bytes) -> None:
        self._send(len(frame), partial(self._peer.send_text, text, frame))

    def send_joined(self, texts: list[bytes], frames: bytes) -> None:
        self._send(len(frames), partial(self._peer.send_joined, texts, frames))

    def began(self, size: int) -> None:
        self._peer.began(size)

    def ended(self, size: int) -> None:
        self._peer.ended(size)

    def release(self) -> Peer | None:
        """Sends what was held, in order, and holds nothing more. Returns where to write from now on, or None if too
        much was held: then nothing was sent."""
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
