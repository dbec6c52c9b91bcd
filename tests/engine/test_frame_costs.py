"""The cost of input is proportional to its bytes, however a client splits them."""

import tracemalloc

import pytest

from chatapp.realtime.engine import websocket_frames as frames
from tests.engine.frame_builder import BINARY, CONTINUATION, MASK, Sent

Message = tuple[int, bytes]


@pytest.mark.parametrize("piece", [b"", b"x", b"xy"], ids=["empty", "one byte", "two bytes"])
def test_endless_fragments_take_no_more_memory_than_their_payload(piece: bytes) -> None:
    reader = frames.FrameReader(1_000_000)
    reader.feed(Sent(BINARY, piece, is_final=False).to_bytes())
    many = Sent(CONTINUATION, piece, is_final=False).to_bytes() * 2_000
    tracemalloc.start()
    try:
        for _ in range(20):
            assert reader.feed(many) == []
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert reader.failure is None
    assert held < 40_000 * len(piece) * 1.3 + 20_000


def test_a_large_frame_in_tiny_pieces_is_joined_once() -> None:
    looked: list[int] = []
    data = Sent(BINARY, b"x" * 100_000, mask=MASK).to_bytes()

    class Counting(frames.FrameReader):
        def _frame(self, buffer: bytes, start: int, found: list[Message]) -> int:
            looked.append(len(buffer))
            return super()._frame(buffer, start, found)

    counting = Counting(1_000_000)
    found = [message for at in range(0, len(data), 100) for message in counting.feed(data[at : at + 100])]
    assert found == [(BINARY, b"x" * 100_000)]
    assert sum(looked) < 3 * len(data)
