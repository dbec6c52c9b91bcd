"""Frames that break RFC 6455 or a size limit, compared with wsproto."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.realtime.engine import websocket_frames as frames
from tests.engine.frame_builder import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Sent, close_payload, joined
from tests.engine.read_frames import LIMIT, Message, masks, read, read_by_wsproto

PROTOCOL_ERRORS = {
    "reserved bit 1": Sent(TEXT, b"x", reserved=4),
    "reserved bit 2": Sent(TEXT, b"x", reserved=2),
    "reserved bit 3": Sent(PING, b"x", reserved=1),
    "no mask": Sent(TEXT, b"x", mask=None),
    "no mask and nothing in it": Sent(PING, mask=None),
    **{f"opcode {number}": Sent(number, b"x") for number in (3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF)},
    "a fragmented ping": Sent(PING, b"x", is_final=False),
    "a fragmented close": Sent(CLOSE, is_final=False),
    "a ping too long": Sent(PING, b"x" * 126),
    "a close too long": Sent(CLOSE, close_payload(1000, b"x" * 124)),
    "a pong of 64 bits": Sent(PONG, b"x", length_bytes=8),
    "a continuation of nothing": Sent(CONTINUATION, b"x"),
    "a continuation of nothing that goes on": Sent(CONTINUATION, b"x", is_final=False),
    "16 bits for a short length": Sent(TEXT, b"x" * 125, length_bytes=2),
    "64 bits for a medium length": Sent(TEXT, b"x" * 65_535, length_bytes=8),
    "the highest bit of a length": Sent(TEXT, announced=1 << 63),
    "the highest bit of a length of binary": Sent(BINARY, announced=(1 << 64) - 1),
    "half a close code": Sent(CLOSE, b"\x03"),
    **{
        f"close code {code}": Sent(CLOSE, close_payload(code))
        for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65_535)
    },
}


@pytest.mark.parametrize("bad", PROTOCOL_ERRORS.values(), ids=PROTOCOL_ERRORS.keys())
@pytest.mark.parametrize("cut", ["whole", "bytes"])
def test_a_protocol_error_fails_with_1002_and_stops_reading(bad: Sent, cut: str) -> None:
    data = joined(Sent(TEXT, b"before"), bad, Sent(TEXT, b"after"))
    wanted = ([(TEXT, b"before")], frames.PROTOCOL_ERROR)
    assert read(data, list(range(len(data))) if cut == "bytes" and len(data) < 1000 else []) == wanted
    found, code = read_by_wsproto(data)
    # wsproto passes on the codes that only mean something to itself, and those that nobody has defined.
    assert code == 1002 or bad.opcode == CLOSE, (found, code)


@pytest.mark.parametrize("second", [TEXT, BINARY])
def test_a_new_message_inside_a_fragmented_one_fails_with_1002(second: int) -> None:
    data = joined(Sent(TEXT, b"x", is_final=False), Sent(second, b"y"))
    assert read(data) == ([], 1002)
    assert read_by_wsproto(data)[1] == 1002


def test_an_invalid_header_fails_before_its_payload_arrives() -> None:
    for bad in (Sent(TEXT, reserved=4), Sent(TEXT, mask=None), Sent(7), Sent(PING, announced=126, mask=None)):
        assert read(bad.to_bytes()[:4]) == ([], 1002)


@pytest.mark.parametrize("bad", [b"\xff", b"ok\xc3", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xc0\xaf"])
def test_invalid_utf8_fails_with_1007_in_a_frame_and_across_fragments(bad: bytes) -> None:
    assert read(Sent(TEXT, bad).to_bytes()) == ([], frames.INVALID_DATA)
    assert read_by_wsproto(Sent(TEXT, bad).to_bytes()) == ([], 1007)
    for at in range(len(bad) + 1):
        data = joined(Sent(TEXT, bad[:at], is_final=False), Sent(PING), Sent(CONTINUATION, bad[at:]))
        assert read(data)[1] == 1007
        assert read_by_wsproto(data)[1] == 1007
    assert read(Sent(BINARY, bad).to_bytes()) == ([(BINARY, bad)], None)
    assert read(Sent(CLOSE, close_payload(1000, bad)).to_bytes()) in (([], 1002), ([], 1007))


@given(st.binary(max_size=12))
@settings(max_examples=300, deadline=None)
def test_bytes_are_accepted_as_text_exactly_when_python_decodes_them(payload: bytes) -> None:
    try:
        payload.decode()
        wanted: tuple[list[Message], int | None] = ([(TEXT, payload)], None)
    except UnicodeDecodeError:
        wanted = ([], 1007)
    assert read(Sent(TEXT, payload).to_bytes()) == wanted


faulty = st.builds(
    Sent,
    opcode=st.sampled_from([CONTINUATION, CONTINUATION, TEXT, TEXT, BINARY, BINARY, PING, PONG, 3, 0xB]),
    payload=st.binary(max_size=6) | st.text(max_size=6).map(str.encode),
    is_final=st.booleans(),
    reserved=st.sampled_from([0] * 9 + [1, 2, 4]),
    mask=masks | masks | masks | st.none(),
    length_bytes=st.sampled_from([None] * 9 + [2, 8]),
)


@pytest.mark.slow
@given(st.lists(faulty, max_size=8), st.lists(st.integers(0, 200), max_size=5))
@settings(max_examples=400, deadline=None)
def test_faulty_frames_fail_as_in_wsproto_wherever_they_are_split(sent: list[Sent], cuts: list[int]) -> None:
    data = joined(*sent)
    found, code = read(data, [min(cut, len(data)) for cut in cuts])
    theirs, their_code = read_by_wsproto(data)
    if their_code == 1007:
        # wsproto refuses text at its first wrong byte, we when all of its fragments are there.
        assert code in (None, 1002, 1007)
        assert found[: len(theirs)] == theirs
    else:
        assert (found, code) == (theirs, their_code)


@pytest.mark.parametrize("length", [LIMIT + 1, 1 << 32, (1 << 63) - 1])
def test_a_message_above_the_size_limit_fails_with_1009_at_its_header(length: int) -> None:
    announced = Sent(TEXT, announced=length).to_bytes()[:10]
    assert read(announced) == ([], frames.TOO_BIG)
    assert read(announced, list(range(10))) == ([], frames.TOO_BIG)


def test_a_message_of_exactly_the_size_limit_is_read_in_any_number_of_fragments() -> None:
    whole = b"x" * 1000
    assert read(Sent(TEXT, whole).to_bytes(), limit=1000) == ([(TEXT, whole)], None)
    halves = joined(Sent(TEXT, whole[:500], is_final=False), Sent(CONTINUATION, whole[500:]))
    assert read(halves, limit=1000) == ([(TEXT, whole)], None)
    tiny = [Sent(CONTINUATION if at else TEXT, b"x", is_final=at == 999) for at in range(1000)]
    assert read(joined(*tiny), limit=1000) == ([(TEXT, whole)], None)


def test_fragments_above_the_size_limit_in_total_fail_with_1009() -> None:
    data = joined(Sent(TEXT, b"x" * 600, is_final=False), Sent(PING), Sent(CONTINUATION, b"x" * 401, is_final=False))
    assert read(data, limit=1000) == ([(PING, b"")], frames.TOO_BIG)
    assert read(data, limit=1001) == ([(PING, b"")], None)
