"""Builds client frames, including invalid ones, which the engine's own code never builds."""

from dataclasses import dataclass

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 0x1, 0x2, 0x0, 0x8, 0x9, 0xA
MASK = b"\x11\x22\x33\x44"


@dataclass(frozen=True)
class Sent:
    """Builds one client frame. `announced` and `length_bytes` (0, 2 or 8) give it a length other than the payload's."""

    opcode: int
    payload: bytes = b""
    is_final: bool = True
    reserved: int = 0
    mask: bytes | None = MASK
    announced: int | None = None
    length_bytes: int | None = None

    def to_bytes(self) -> bytes:
        length = len(self.payload) if self.announced is None else self.announced
        size = self.length_bytes
        if size is None:
            size = 0 if length < 126 else 2 if length < 65_536 else 8
        short = length if size == 0 else 126 if size == 2 else 127
        first = (0x80 if self.is_final else 0) | self.reserved << 4 | self.opcode
        second = (0x80 if self.mask is not None else 0) | short
        head = bytes((first, second)) + (length.to_bytes(size, "big") if size else b"")
        if self.mask is None:
            return head + self.payload
        return head + self.mask + masked(self.mask, self.payload)


def masked(mask: bytes, payload: bytes) -> bytes:
    """Masks the payload by section 5.3 of the RFC, computed as one large integer."""
    mask = (mask * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(mask, "big")).to_bytes(len(payload), "big")


def close_payload(code: int, reason: bytes = b"") -> bytes:
    return code.to_bytes(2, "big") + reason


def joined(*frames: Sent) -> bytes:
    return b"".join(frame.to_bytes() for frame in frames)


def opening(port: int, path: str, *, method: str = "GET", **headers: str | None) -> bytes:
    """Builds an opening handshake. A header given as None is left out, and underscores stand for hyphens."""
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    wanted: dict[str, str | None] = {
        "Host": f"127.0.0.1:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in wanted.items() if value is not None)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
