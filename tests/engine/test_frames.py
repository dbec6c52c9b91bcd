"""The reader and builder of WebSocket frames, compared with wsproto and with RFC 6455."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wsproto.frame_protocol import FrameProtocol, Opcode, ParseFailed

from chatapp.realtime.engine import websocket_frames as frames
from tests.engine.frame_builder import BINARY, CLOSE, CONTINUATION, MASK, PING, PONG, TEXT, Sent, close_payload, joined

LIMIT = 200_000
BOUNDARIES = [0, 1, 125, 126, 127, 65_535, 65_536, 65_537]
Message = tuple[int, bytes]

texts = st.text(max_size=300).map(str.encode) | st.sampled_from([b"x" * length for length in BOUNDARIES])
masks = st.binary(min_size=4, max_size=4)
pings = st.builds(Sent, st.sampled_from([PING, PONG]), st.binary(max_size=125), mask=masks)


@st.composite
def sent_messages(draw: st.DrawFn) -> tuple[list[Sent], list[Message]]:
    """One message in any number of fragments, with pings in between, and the expected result."""
    opcode = draw(st.sampled_from([TEXT, BINARY]))
    payload = draw(texts if opcode == TEXT else texts | st.binary(max_size=300))
    cuts = sorted(draw(st.lists(st.integers(0, len(payload)), max_size=4)))
    pieces = [payload[start:end] for start, end in zip([0, *cuts], [*cuts, len(payload)], strict=True)]
    sent, found = [], []
    for at, piece in enumerate(pieces):
        is_last = at == len(pieces) - 1
        sent.append(Sent(CONTINUATION if at else opcode, piece, is_final=is_last, mask=draw(masks)))
        if not is_last and draw(st.booleans()):
            sent.append(draw(pings))
            found.append((sent[-1].opcode, sent[-1].payload))
    return sent, [*found, (opcode, payload)]


conversations = st.lists(
    sent_messages() | pings.map(lambda one: ([one], [(one.opcode, one.payload)])), min_size=1, max_size=5
)


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


@given(conversations, st.data())
@settings(max_examples=150, deadline=None)
def test_messages_are_read_however_their_bytes_are_split(
    sent: list[tuple[list[Sent], list[Message]]], data: st.DataObject
) -> None:
    stream = joined(*(frame for one, _ in sent for frame in one))
    wanted = [message for _, found in sent for message in found]
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=8))
    assert read_by_wsproto(stream) == (wanted, None)
    assert read(stream, cuts) == (wanted, None)


def test_frames_split_at_every_byte_are_read_like_whole_ones() -> None:
    sent = joined(
        Sent(TEXT, "é€😀".encode()),
        Sent(PING, b"p" * 125),
        Sent(BINARY, b"a" * 126, is_final=False),
        Sent(PONG),
        Sent(CONTINUATION, b"", is_final=False),
        Sent(CONTINUATION, b"b" * 300),
        Sent(CLOSE, close_payload(4000, "ü".encode())),
    )
    wanted, failure = read(sent)
    assert (len(wanted), failure) == (5, None)
    assert wanted[3] == (BINARY, b"a" * 126 + b"b" * 300)
    assert read(sent, list(range(len(sent)))) == (wanted, None)
    for at in range(len(sent)):
        assert read(sent, [at]) == (wanted, None)


@pytest.mark.parametrize("length", BOUNDARIES)
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_every_form_of_length_is_read_and_built(opcode: int, length: int) -> None:
    payload = b"x" * length
    assert read(Sent(opcode, payload).to_bytes()) == ([(opcode, payload)], None)
    client = FrameProtocol(client=True, extensions=[])
    client.receive_bytes(frames.build(opcode, payload))
    (whole,) = (b"".join(part) for part in [list(_payloads(client))])
    assert whole == payload
    assert len(frames.build(opcode, payload)) == length + (2 if length < 126 else 4 if length < 65_536 else 10)


def _payloads(protocol: FrameProtocol) -> Iterator[bytes]:
    for frame in protocol.received_frames():
        yield frame.payload.encode() if isinstance(frame.payload, str) else bytes(frame.payload)


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


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999])
def test_a_close_frame_with_a_valid_code_is_read(code: int) -> None:
    for reason in (b"", "wiedersehen, schöne Welt".encode(), b"x" * 123):
        payload = close_payload(code, reason)
        assert read(Sent(CLOSE, payload).to_bytes()) == ([(CLOSE, payload)], None)
        assert frames.close_code(payload) == code


def test_a_close_frame_may_be_empty() -> None:
    assert read(Sent(CLOSE).to_bytes()) == ([(CLOSE, b"")], None)
    assert frames.close_code(b"") == 1000


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


def test_a_character_may_be_split_across_fragments() -> None:
    character = "😀".encode()
    pieces = [Sent(CONTINUATION if at else TEXT, character[at : at + 1], is_final=at == 3) for at in range(4)]
    assert read(joined(*pieces)) == ([(TEXT, character)], None)


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


def test_the_reason_of_a_close_frame_is_truncated_between_characters() -> None:
    built = frames.build_close(1008, "€" * 60)
    client = FrameProtocol(client=True, extensions=[])
    client.receive_bytes(built)
    (close,) = client.received_frames()
    assert close.payload == (1008, "€" * 41)


def test_built_frames_are_read_by_an_independent_implementation() -> None:
    client = FrameProtocol(client=True, extensions=[])
    client.receive_bytes(frames.build(PING, b"p" * 125) + frames.build(PONG, b"") + frames.build_close(1001, "bye"))
    assert [(int(one.opcode), one.payload) for one in client.received_frames()] == [
        (PING, b"p" * 125),
        (PONG, b""),
        (CLOSE, (1001, "bye")),
    ]


def test_a_short_text_frame_inside_another_message_is_not_read_as_a_message() -> None:
    """A whole short text frame in one read has a fast path. It must not be used where the bytes mean something else: an
    error, the middle of a longer frame, or data after a failure."""
    short = Sent(TEXT, b"hello", mask=MASK).to_bytes()
    reader = frames.FrameReader(1_000)
    assert reader.feed(Sent(TEXT, b"begun", mask=MASK, is_final=False).to_bytes()) == []
    assert reader.feed(short) == []
    assert reader.failure == frames.Failure(frames.PROTOCOL_ERROR, "fragments of a message must follow each other")

    reader = frames.FrameReader(1_000)
    assert reader.feed(b"\xf1" + short[1:]) == []
    assert reader.failure is not None
    assert reader.feed(short) == []

    reader = frames.FrameReader(1_000)
    longer = Sent(BINARY, short + short, mask=b"\0\0\0\0").to_bytes()
    header, first, second = longer[: -2 * len(short)], longer[-2 * len(short) : -len(short)], longer[-len(short) :]
    assert first == second == short
    assert reader.feed(header) == []
    assert reader.feed(first) == []
    assert reader.feed(second) == [(BINARY, short + short)]
    assert reader.feed(short) == [(TEXT, b"hello")]

    assert frames.FrameReader(4).feed(short) == [], "no longer than a message may be"
