"""Reads WebSocket frames (RFC 6455) in place, and builds one frame for any number of recipients.

No extension is ever negotiated, so every reserved bit must be zero. Section numbers are the RFC's.
"""

from dataclasses import dataclass

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

NORMAL, GOING_AWAY, PROTOCOL_ERROR, INVALID_DATA, POLICY, TOO_BIG = 1000, 1001, 1002, 1007, 1008, 1009
"""Close codes, section 7.4.1."""

LARGEST_CONTROL_PAYLOAD = 125
_SMALL, _MEDIUM = 126, 65_536


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the connection must be closed: the code to close with, and a reason of at most 123 bytes."""

    code: int
    reason: str


def build(opcode: int, payload: bytes) -> bytes:
    """One final, unmasked frame: what a server sends (section 5.1)."""
    length = len(payload)
    if length < _SMALL:
        return bytes((0x80 | opcode, length)) + payload
    if length < _MEDIUM:
        return bytes((0x80 | opcode, 126)) + length.to_bytes(2, "big") + payload
    return bytes((0x80 | opcode, 127)) + length.to_bytes(8, "big") + payload


def build_close(code: int, reason: str = "") -> bytes:
    """A close frame (section 5.5.1). The reason is cut to what a control frame holds."""
    cut = reason.encode()[: LARGEST_CONTROL_PAYLOAD - 2].decode(errors="ignore").encode()
    return build(CLOSE, code.to_bytes(2, "big") + cut)


class FrameReader:
    """Turns the bytes of one connection into messages. Keeps only incomplete frames and messages."""

    __slots__ = ("_fragments", "_limit", "_longest_at_once", "_opcode", "_rest", "_wanted_bytes", "failure")

    def __init__(self, largest_message_bytes: int) -> None:
        self._limit = largest_message_bytes
        self._longest_at_once = min(largest_message_bytes, _SMALL - 1)
        self._rest: bytearray | None = None
        self._wanted_bytes = 0
        self._opcode = 0
        self._fragments: bytearray | None = None
        self.failure: Failure | None = None

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """Returns the messages that are now complete, as (opcode, payload): TEXT or BINARY joined from all fragments,
        and control frames. Once `failure` is set, further bytes are ignored."""
        # Fast path: one whole masked text frame with a one-byte length, and nothing pending. Nearly every read is an
        # ack, which has this form.
        length = len(data) - 6
        if 0 < length <= self._longest_at_once and data[0] == 0x80 | TEXT and data[1] == 0x80 | length:
            key = (data[2:6] * (_SMALL // 4 + 1))[:length]
            whole = int.from_bytes(data[6:], "little") ^ int.from_bytes(key, "little")
            payload = whole.to_bytes(length, "little")
            if payload.isascii():
                return [(TEXT, payload)]
        found = self._read(data)
        is_between = self._rest is None and self._fragments is None and self.failure is None
        self._longest_at_once = min(self._limit, _SMALL - 1) if is_between else 0
        return found

    def _read(self, data: bytes) -> list[tuple[int, bytes]]:
        found: list[tuple[int, bytes]] = []
        if self.failure is not None:
            return found
        if self._rest is not None:
            # The frame is parsed again when it is complete. Parsing at every read would take quadratic time for a large
            # frame in tiny pieces.
            self._rest += data
            if len(self._rest) < self._wanted_bytes:
                return found
            data = bytes(self._rest)
        position = 0
        while position < len(data) and (end := self._frame(data, position, found)) > position:
            position = end
        is_incomplete = position < len(data) and self.failure is None
        self._rest = bytearray(data[position:]) if is_incomplete else None
        return found

    def _frame(self, buffer: bytes, start: int, found: list[tuple[int, bytes]]) -> int:
        """Reads one frame; returns where it ends, or `start` if it is incomplete or not allowed."""
        self._wanted_bytes = 0
        available = len(buffer) - start
        if available < 2:
            return start
        first, second = buffer[start], buffer[start + 1]
        length = second & 0x7F
        header = start + 2
        if length >= 126:
            size = 2 if length == 126 else 8
            if available < 2 + size:
                return start
            length = int.from_bytes(buffer[header : header + size], "big")
            header += size
            if length < (_SMALL if size == 2 else _MEDIUM):
                self._fail(PROTOCOL_ERROR, "a length takes no more bytes than it needs")
                return start
        if not self._may_begin(first, second, length):
            return start
        end = header + 4 + length
        if len(buffer) < end:
            self._wanted_bytes = end - start
            return start
        payload = _unmask(buffer[header : header + 4], buffer[header + 4 : end]) if length else b""
        return end if self._take(first, payload, found) else start

    def _may_begin(self, first: int, second: int, length: int) -> bool:
        """Checks a frame's header before its payload has arrived (sections 5.2, 5.4, 5.5)."""
        opcode = first & 0x0F
        if first & 0x70:
            return self._fail(PROTOCOL_ERROR, "reserved bits are set and no extension was agreed on")
        if not second & 0x80:
            return self._fail(PROTOCOL_ERROR, "frames of a client must be masked")
        if opcode >= CLOSE:
            if opcode > PONG:
                return self._fail(PROTOCOL_ERROR, "unknown opcode")
            if length > LARGEST_CONTROL_PAYLOAD or not first & 0x80:
                return self._fail(PROTOCOL_ERROR, "a control frame is short and not fragmented")
            return True
        return self._may_carry_data(opcode, length)

    def _may_carry_data(self, opcode: int, length: int) -> bool:
        if opcode > BINARY:
            return self._fail(PROTOCOL_ERROR, "unknown opcode")
        if (opcode == CONTINUATION) != (self._fragments is not None):
            return self._fail(PROTOCOL_ERROR, "fragments of a message must follow each other")
        if length >= 1 << 63:
            return self._fail(PROTOCOL_ERROR, "the highest bit of a length must be zero")
        if len(self._fragments or b"") + length > self._limit:
            return self._fail(TOO_BIG, f"a message holds {self._limit} bytes at most")
        return True

    def _take(self, first: int, payload: bytes, found: list[tuple[int, bytes]]) -> bool:
        opcode = first & 0x0F
        if opcode >= CLOSE:
            return self._take_control(opcode, payload, found)
        if first & 0x80 and self._fragments is None:
            return self._complete(opcode, payload, found)
        return self._take_fragment(opcode, bool(first & 0x80), payload, found)

    def _take_control(self, opcode: int, payload: bytes, found: list[tuple[int, bytes]]) -> bool:
        if opcode == CLOSE and not _is_close_payload(payload):
            return self._fail(PROTOCOL_ERROR, "not a close frame's payload")
        found.append((opcode, payload))
        return True

    def _take_fragment(self, opcode: int, is_last: bool, payload: bytes, found: list[tuple[int, bytes]]) -> bool:
        if self._fragments is None:
            self._fragments, self._opcode = bytearray(), opcode
        # Fragments are joined as they arrive. A list would take several times the memory, unbounded for empty ones.
        self._fragments += payload
        if not is_last:
            return True
        whole, self._fragments = bytes(self._fragments), None
        return self._complete(self._opcode, whole, found)

    def _complete(self, opcode: int, payload: bytes, found: list[tuple[int, bytes]]) -> bool:
        if opcode == TEXT and not payload.isascii() and not _is_utf8(payload):
            return self._fail(INVALID_DATA, "text must be UTF-8")
        found.append((opcode, payload))
        return True

    def _fail(self, code: int, reason: str) -> bool:
        self.failure = Failure(code, reason)
        return False


def close_code(payload: bytes) -> int:
    """The code of a valid close payload; NORMAL where there is none."""
    return int.from_bytes(payload[:2], "big") if payload else NORMAL


def _unmask(mask: bytes, payload: bytes) -> bytes:
    """XORs with the repeated mask (section 5.3) in one operation on large integers."""
    length = len(payload)
    key = (mask * (length // 4 + 1))[:length]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")).to_bytes(length, "little")


def _is_utf8(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_close_payload(payload: bytes) -> bool:
    """Empty, or a code that may be sent (section 7.4) and a reason in UTF-8."""
    if not payload:
        return True
    code = int.from_bytes(payload[:2], "big")
    may_be_sent = 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999
    return len(payload) >= 2 and may_be_sent and _is_utf8(payload[2:])
