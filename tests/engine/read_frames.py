"""Reads frames by the engine and by wsproto, and generates frames."""

from itertools import pairwise

from hypothesis import strategies as st
from wsproto.frame_protocol import FrameProtocol, Opcode, ParseFailed

from chatapp.realtime.engine import websocket_frames as frames
from tests.engine.frame_builder import CLOSE, PING, PONG, Sent, close_payload

LIMIT = 200_000
BOUNDARIES = [0, 1, 125, 126, 127, 65_535, 65_536, 65_537]
Message = tuple[int, bytes]
texts = st.text(max_size=300).map(str.encode) | st.sampled_from([b"x" * length for length in BOUNDARIES])
masks = st.binary(min_size=4, max_size=4)
pings = st.builds(Sent, st.sampled_from([PING, PONG]), st.binary(max_size=125), mask=masks)


def read(data: bytes, cuts: list[int] | None = None, limit: int = LIMIT) -> tuple[list[Message], int | None]:
    """Returns what the engine's reader finds in bytes that arrive in pieces, and the code with which it fails."""
    reader = frames.FrameReader(limit)
    found: list[Message] = []
    edges = [0, *sorted(cuts or []), len(data)]
    for start, end in pairwise(edges):
        found += reader.feed(data[start:end])
    return found, reader.failure.code if reader.failure is not None else None


def read_by_wsproto(data: bytes) -> tuple[list[Message], int | None]:
    """Returns the same for wsproto."""
    protocol = FrameProtocol(client=False, extensions=[])
    protocol.receive_bytes(data)
    found: list[Message] = []
    whole = b""
    try:
        for frame in protocol.received_frames():
            if frame.opcode is Opcode.CLOSE:
                code, reason = frame.payload
                is_empty = code == 1005
                found.append((CLOSE, b"" if is_empty else close_payload(code, (reason or "").encode())))
            elif frame.opcode in (Opcode.PING, Opcode.PONG):
                found.append((int(frame.opcode), bytes(frame.payload)))
            else:
                whole += frame.payload.encode() if isinstance(frame.payload, str) else bytes(frame.payload)
                if frame.message_finished:
                    found.append((int(frame.opcode), whole))
                    whole = b""
    except ParseFailed as error:
        return found, int(error.code)
    return found, None
