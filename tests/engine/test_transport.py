"""The WebSocket transport over a real server: closing, pings, errors, binary frames."""

import threading
import time

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Opcode
from websockets.sync.client import connect

from tests.engine.conftest import Raws
from tests.engine.frame_builder import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Sent, close_payload, joined
from tests.engine.raw_websocket import Raw, is_online, private
from tests.people import Cast, wait_until
from tests.servers import Server

ADDRESS = "/socket.io/?EIO=4&transport=websocket"


@pytest.mark.parametrize(
    ("payload", "code"),
    [(close_payload(1000), 1000), (close_payload(1001, b"gone"), 1001), (close_payload(4999), 4999), (b"", 0)],
)
def test_a_close_of_the_client_is_answered_with_its_code(raws: Raws, payload: bytes, code: int) -> None:
    raw = raws()
    raw.open()
    raw.send(Sent(CLOSE, payload).to_bytes())
    assert raw.close_frame(answers=False) == (code, "")


def test_an_independent_client_sees_a_clean_close_from_either_side(server: Server, cast: Cast) -> None:
    (alice,) = cast(1)
    address = server.ws.replace("http", "ws") + ADDRESS + "&token=" + alice.token
    with connect(address, compression=None, proxy=None) as socket:
        socket.recv()
        started = time.monotonic()
        socket.close(4321, "enough")
        assert time.monotonic() - started < 5
        assert (socket.protocol.close_rcvd.code, socket.protocol.close_rcvd_then_sent) == (4321, False)
    with connect(address, compression=None, proxy=None) as socket:
        socket.send("nonsense")
        with pytest.raises(ConnectionClosed) as closed:
            for _ in iter(lambda: socket.recv(timeout=8), None):
                pass
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd_then_sent) == (1001, True)


def test_events_before_a_close_are_executed(raws: Raws, cast: Cast) -> None:
    alice, bob = cast(2)
    raw = raws().joined(alice.token)
    bob.connect()
    event = Sent(TEXT, b'42/chat,1["privateMessage",{"sender":"%s","receiver":"%s","content":"last words"}]' % (
        alice.username.encode(), bob.username.encode()
    ))  # fmt: skip
    raw.send(joined(event, Sent(CLOSE, close_payload(1000))))
    raw.drop()
    bob.wait_for_message("last words")


def test_a_ping_is_answered_with_its_payload_and_between_fragments(raws: Raws, cast: Cast) -> None:
    (alice,) = cast(1)
    raw = raws().joined(alice.token)
    event = b'42/chat,5["nothing like this"]'
    for payload in (b"", b"x", bytes(range(125))):
        pieces = Sent(TEXT, event[:9], is_final=False), Sent(PING, payload), Sent(CONTINUATION, event[9:])
        raw.send(joined(*pieces))
        while (frame := raw.frame()) is not None and frame.opcode is not Opcode.PONG:
            pass
        assert frame is not None
        assert bytes(frame.data) == payload
        raw.text_that(lambda text: text.startswith("43/chat,5["))


def test_an_unsolicited_pong_is_ignored(raws: Raws) -> None:
    raw = raws()
    raw.open()
    raw.send(joined(Sent(PONG, b"unasked"), Sent(PING, b"asked")))
    frame = raw.frame()
    assert frame is not None
    assert (int(frame.opcode), bytes(frame.data)) == (PONG, b"asked")


ERRORS = {
    "reserved bits": (Sent(TEXT, b"x", reserved=4), 1002),
    "no mask": (Sent(TEXT, b"x", mask=None), 1002),
    "unknown opcode": (Sent(3), 1002),
    "a fragmented ping": (Sent(PING, is_final=False), 1002),
    "a long ping": (Sent(PING, b"x" * 126), 1002),
    "a bad close": (Sent(CLOSE, b"\x01"), 1002),
    "not UTF-8": (Sent(TEXT, b"4\xff"), 1007),
    "too big": (Sent(TEXT, announced=1_000_001), 1009),
}


@pytest.mark.parametrize(("bad", "code"), ERRORS.values(), ids=ERRORS.keys())
def test_an_invalid_frame_closes_with_its_code_and_the_user_goes_offline_at_once(
    raws: Raws, cast: Cast, bad: Sent, code: int
) -> None:
    mallory, bob = cast(2)
    bob.connect()
    raw = raws().joined(mallory.token)
    bob.wait_for("onlineStatus", lambda one: one == {"username": mallory.username, "online": True})
    raw.send(joined(bad, Sent(TEXT, b'42/chat,9["nothing like this"]')))
    # No message to mallory may follow the close frame, which the client has not answered yet.
    bob.wait_for("onlineStatus", lambda one: one == {"username": mallory.username, "online": False})
    assert bob.say(mallory.username, "too late")["success"] is True
    assert raw.close_frame()[0] == code


def test_no_message_follows_the_close_frame(raws: Raws, cast: Cast) -> None:
    alice, bob = cast(2)
    raw = raws().joined(alice.token)
    bob.connect()
    raw.send(Sent(3).to_bytes())
    for number in range(20):
        bob.emit("privateMessage", private(bob, alice, f"number {number}"))
    assert raw.close_frame()[0] == 1002


def test_a_client_that_does_not_answer_the_close_is_released(raws: Raws) -> None:
    raw = raws()
    raw.open()
    raw.send(Sent(3).to_bytes())
    frames = []
    while (frame := raw.frame()) is not None:
        frames.append(frame.opcode)
    assert frames == [Opcode.CLOSE]
    # The server closed its side at once, and does not wait forever for the client's close.
    wait_until(lambda: not _takes(raw, b"more of it"), "the server lets go")


def _takes(raw: Raw, data: bytes) -> bool:
    try:
        raw.send(data)
    except OSError:
        return False
    threading.Event().wait(0.1)
    return True


@pytest.mark.parametrize("data", [b"\x00\xff", b"x" * 70_000])
def test_an_unannounced_binary_frame_closes_only_its_connection(raws: Raws, cast: Cast, data: bytes) -> None:
    alice, bob = cast(2)
    raw = raws().joined(alice.token)
    bob.connect()
    raw.send(Sent(BINARY, data).to_bytes())
    raw.close_frame()
    assert bob.say(alice.username, "still here")["success"] is True


def test_an_attachment_in_fragments_is_joined_and_its_event_refused(raws: Raws, cast: Cast) -> None:
    (alice,) = cast(1)
    raw = raws().joined(alice.token)
    raw.send_text('451-/chat,3["privateMessage",{"content":{"_placeholder":true,"num":0}}]')
    raw.send(joined(Sent(BINARY, b"\x00" * 300, is_final=False), Sent(PING), Sent(CONTINUATION, b"\xff" * 300)))
    frame = raw.frame()
    assert frame is not None
    assert frame.opcode is Opcode.PONG
    assert '"success":false' in raw.text_that(lambda text: text.startswith("43/chat,3["))


def test_a_message_of_the_size_limit_is_received_whole_and_in_fragments(raws: Raws, cast: Cast) -> None:
    (alice,) = cast(1)
    raw = raws().joined(alice.token)
    event = b'42/chat,6["nothing like this","' + b"x" * (1_000_000 - 33) + b'"]'
    assert len(event) == 1_000_000
    raw.send(Sent(TEXT, event).to_bytes())
    raw.text_that(lambda text: text.startswith("43/chat,6["))
    raw.send(joined(Sent(TEXT, event[:400_000], is_final=False), Sent(CONTINUATION, event[400_000:])))
    raw.text_that(lambda text: text.startswith("43/chat,6["))


def test_a_frame_that_arrives_byte_by_byte_is_read(raws: Raws, cast: Cast) -> None:
    (alice,) = cast(1)
    raw = raws().joined(alice.token)
    for byte in Sent(TEXT, b'42/chat,2["nothing like this"]').to_bytes():
        raw.send(bytes((byte,)))
    raw.text_that(lambda text: text.startswith("43/chat,2["))


def test_a_burst_of_large_messages_closes_no_connection_that_reads(raws: Raws, cast: Cast) -> None:
    """Many clients send during one commit, so more is sent at once than the buffer of a connection may hold."""
    bob, *senders = cast(13)
    to_bob = raws().joined(bob.token)
    content = "x" * 65_000
    for sender in senders:
        # Creates the conversation.
        assert sender.post("/messages", {"receiver": bob.username, "group": False, "content": "soon"}).ok
    wires = [raws().joined(sender.token) for sender in senders]
    for number in range(3):
        for sender, wire in zip(senders, wires, strict=True):
            wire.event(number, "privateMessage", private(sender, bob, content))
    for _ in range(3 * len(senders)):
        to_bob.text_that(lambda text: content in text)


def test_a_connection_that_closes_while_connecting_leaves_no_user_online(raws: Raws, cast: Cast) -> None:
    alice, bob = cast(2)
    bob.connect()
    for number in range(40):
        raw = raws()
        raw.open(token=alice.token)
        raw.send_text("40/chat,")
        if number % 2:
            threading.Event().wait(0.001 * (number % 8))
        raw.drop()
    # alice connects and goes offline again, so none of the connections above is still counted.
    raw = raws().joined(alice.token)
    raw.drop()
    wait_until(lambda: not is_online(bob, alice), "alice is offline")
    assert bob.say(alice.username, "nobody to wait for")["response"]["deliveredToAll"] is False
    assert not is_online(bob, alice)
