"""The reader and builder of WebSocket frames, compared with wsproto and with RFC 6455."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wsproto.frame_protocol import FrameProtocol

from chatapp.realtime.engine import websocket_frames as frames
from tests.engine.frame_builder import BINARY, CLOSE, CONTINUATION, MASK, PING, PONG, TEXT, Sent, close_payload, joined
from tests.engine.read_frames import BOUNDARIES, Message, masks, pings, read, read_by_wsproto, texts


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


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999])
def test_a_close_frame_with_a_valid_code_is_read(code: int) -> None:
    for reason in (b"", "wiedersehen, schöne Welt".encode(), b"x" * 123):
        payload = close_payload(code, reason)
        assert read(Sent(CLOSE, payload).to_bytes()) == ([(CLOSE, payload)], None)
        assert frames.close_code(payload) == code


def test_a_close_frame_may_be_empty() -> None:
    assert read(Sent(CLOSE).to_bytes()) == ([(CLOSE, b"")], None)
    assert frames.close_code(b"") == 1000


def test_a_character_may_be_split_across_fragments() -> None:
    character = "😀".encode()
    pieces = [Sent(CONTINUATION if at else TEXT, character[at : at + 1], is_final=at == 3) for at in range(4)]
    assert read(joined(*pieces)) == ([(TEXT, character)], None)


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
