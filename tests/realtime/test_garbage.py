"""Packets that no client would send. The sender may lose its connection; other connections are not affected."""

from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed

from tests.people import Cast
from tests.realtime.conftest import Wires
from tests.realtime.wire import private
from tests.servers import Server

GARBAGE: list[str | bytes] = [
    "",
    "x",
    "9",
    "0",
    "1nothing",
    "5",
    "6",
    "4",
    "4x",
    "49",
    "44/chat,{}",
    "4[[[[" + "[" * 50_000,
    "42",
    "42/chat",
    "42/chat,",
    "42/chat,1",
    "42/chat,1{",
    "42/chat,1nope",
    "42/chat,1[",
    '42/chat,1["privateMessage",',
    "42/chat,-1[]",
    "42/chat," + "9" * 101 + '["markRead"]',
    "42/chat,²[]",
    "42/chat,1" + "[" * 900 + "]" * 900,
    "42/chat,1" + "[" * 100_000 + "]" * 100_000,
    '42/chat,1["markRead",' + '{"a":' * 900 + "1" + "}" * 900 + "]",
    '42/chat,1["markRead",' + "9" * 10_000 + "]",
    '42/chat,1["markRead",NaN]',
    '42/other,1["privateMessage"]',
    "43/chat,",
    "43/chat,0[]",
    "43/chat,-1[]",
    "43/chat,1",
    "43/chat,1{}",
    '43/chat,1"text"',
    "43/chat," + "9" * 99 + "[]",
    "40/chat,",
    "40/other,",
    "40",
    "41/other,",
    '451-/chat,1["privateMessage",{"_placeholder":true,"num":0}]',
    '459999999999-/chat,1["privateMessage"]',
    '451-/chat,1["privateMessage",{"_placeholder":true,"num":7}]',
    '451-/chat,1["privateMessage",{"_placeholder":true,"num":"a"}]',
    '450-/chat,1["privateMessage",{}]',
    "461-/chat,1[]",
    b"",
    b"\x00\xff\xfe",
    b'2/chat,1["privateMessage"]',
    "bnot base64 at all",
]


@pytest.fixture
def server(hasty_server: Server) -> Server:
    """Unreadable packets never reach a database, so one database is enough."""
    return hasty_server


def _shown(garbage: str | bytes) -> str:
    return repr(garbage[:40])


@pytest.mark.slow
@pytest.mark.parametrize("garbage", GARBAGE, ids=_shown)
def test_garbage_on_one_connection_does_not_affect_other_connections(
    cast: Cast, wires: Wires, garbage: str | bytes
) -> None:
    mallory, alice, bob = cast(3)
    group = alice.make_group("All of us", bob.username, mallory.username)
    from_mallory, from_alice, to_bob = wires(mallory), wires(alice), wires(bob)
    from_alice.emit("groupMessage", private(alice.username, group, "before the garbage"))
    from_mallory.message("before the garbage")
    from_mallory.send(garbage)
    with suppress(ConnectionClosed):  # the server may have closed the connection
        from_mallory.send(b"an attachment that nothing announced, or one that was")
    for content in ("after the garbage", "and again"):
        number = from_alice.emit("groupMessage", private(alice.username, group, content))
        to_bob.confirm(to_bob.message(content))
        from_alice.message(content)
    from_mallory.close()
    assert from_alice.ack(number)["success"] is True
    assert wires(mallory).call("markRead", {"receiver": group, "group": True, "sequence": 3}) == {"success": True}


@pytest.mark.parametrize(
    "garbage", ["", "x", "4[" + "[" * 50_000, "4x", "42/chat,1{", "459999999999-/chat,1[]"], ids=_shown
)
def test_a_client_that_sends_an_unreadable_packet_is_disconnected_and_goes_offline(
    cast: Cast, wires: Wires, garbage: str
) -> None:
    mallory, bob = cast(2)
    to_bob, from_mallory = wires(bob), wires(mallory)
    to_bob.event("onlineStatus", lambda one: one == {"username": mallory.username, "online": True})
    from_mallory.send(garbage)
    from_mallory.wait_until_closed()
    to_bob.event("onlineStatus", lambda one: one == {"username": mallory.username, "online": False})


def test_an_event_with_an_attachment_is_refused_with_an_ack(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    wire = wires(alice)
    fields = f'"sender":"{alice.username}","receiver":"{bob.username}"'
    wire.send('451-/chat,7["privateMessage",{%s,"content":{"_placeholder":true,"num":0}}]' % fields)
    wire.send(b"not text")
    ack = wire.ack(7)
    assert (ack["success"], ack["error"]["code"]) == (False, "invalid_input")
    assert wire.call("privateMessage", private(alice.username, bob.username, "text"))["success"] is True


def test_a_frame_above_the_size_limit_closes_only_its_connection(cast: Cast, wires: Wires) -> None:
    mallory, alice = cast(2)
    from_mallory, from_alice = wires(mallory), wires(alice)
    from_mallory.send('42/chat,1["privateMessage","' + "x" * 1_000_001 + '"]')
    from_mallory.wait_until_closed()
    assert from_alice.call("privateMessage", private(alice.username, mallory.username, "hi"))["success"] is True


def test_an_event_without_an_ack_id_is_executed(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    wire, to_bob = wires(alice), wires(bob)
    wire.send(
        f'42/chat,["privateMessage",{{"sender":"{alice.username}","receiver":"{bob.username}","content":"quiet"}}]'
    )
    to_bob.message("quiet")
    wire.message("quiet")


def test_a_connection_that_left_the_namespace_receives_no_acks_and_messages(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    stranger = wires(alice)
    stranger.send("41/chat,")
    to_bob = wires(bob)
    to_bob.event("onlineStatus", lambda one: one == {"username": bob.username, "online": True})
    before = len(stranger.frames)
    number = stranger.emit("privateMessage", private(alice.username, bob.username, "after leaving"))
    assert wires(alice).call("markRead", {}) is not None
    with pytest.raises(AssertionError, match="Waited in vain"):
        stranger.ack(number, seconds=0.2)
    assert [frame for frame in stranger.frames[before:] if frame.name != "onlineStatus"] == []
    to_bob.read_all()
    assert to_bob.all_of("response") == []
