"""`privateMessage` and `groupMessage`: the recipients of a message, and refusals."""

import re

import pytest

from tests.people import Cast
from tests.realtime.conftest import Wires
from tests.realtime.wire import private

MESSAGE_FIELDS = {
    "sender", "receiver", "content", "timestamp", "deliveredToAll", "messageId", "sequence", "clientId",
    "revision",
}  # fmt: skip


def test_a_private_message_reaches_sender_and_recipient_with_every_field(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, to_bob = wires(alice), wires(bob)
    number = from_alice.emit("privateMessage", private(alice.username, bob.username, "hello"))
    heard = to_bob.message("hello")
    to_bob.confirm(heard, {"success": True, "receiver": bob.username})
    ack = from_alice.ack(number)
    stored = ack["response"]
    assert ack["success"] is True
    assert set(stored) == MESSAGE_FIELDS
    assert (stored["sender"], stored["receiver"], stored["content"]) == (alice.username, bob.username, "hello")
    assert (stored["sequence"], stored["clientId"], stored["deliveredToAll"]) == (1, None, True)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", stored["timestamp"])
    assert isinstance(stored["messageId"], str)
    assert heard.data == {"response": {**stored, "deliveredToAll": False}}
    assert from_alice.message("hello").data == heard.data
    assert heard.id is not None


def test_a_group_message_reaches_every_member_and_no_outsider(cast: Cast, wires: Wires) -> None:
    alice, bob, carol, mallory = cast(4)
    group = alice.make_group("Hikers", bob.username, carol.username)
    from_alice, to_bob, to_carol, to_mallory = (wires(one) for one in (alice, bob, carol, mallory))
    number = from_alice.emit("groupMessage", private(alice.username, group, "up we go"))
    for member in (to_bob, to_carol):
        member.confirm(member.message("up we go"), {"success": True})
    stored = from_alice.ack(number)["response"]
    assert (stored["receiver"], stored["deliveredToAll"]) == (group, True)
    assert [one["messageId"] for one in bob.history(group, group=True)] == [stored["messageId"]]
    to_mallory.read_all()
    assert to_mallory.all_of("response") == []


def test_every_connection_of_every_member_receives_a_message_once(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    tabs = [wires(one) for one in (alice, alice, bob, bob, bob)]
    number = tabs[0].emit("privateMessage", private(alice.username, bob.username, "to all tabs"))
    tabs[4].confirm(tabs[4].message("to all tabs"))
    assert tabs[0].ack(number)["response"]["deliveredToAll"] is True
    for tab in tabs:
        tab.message("to all tabs")
        tab.read_all()
        assert len(tab.all_of("response")) == 1


def test_a_message_to_oneself_is_delivered_at_once_and_received_once(cast: Cast, wires: Wires) -> None:
    (alice,) = cast(1)
    tab, other_tab = wires(alice), wires(alice)
    ack = tab.call("privateMessage", private(alice.username, alice.username, "note to self"))
    assert ack["response"]["deliveredToAll"] is True
    for one in (tab, other_tab):
        assert one.message("note to self").data["response"]["deliveredToAll"] is True
        one.read_all()
        assert len(one.all_of("response")) == 1


def test_a_group_of_one_is_delivered_at_once(cast: Cast, wires: Wires) -> None:
    (alice,) = cast(1)
    group = alice.make_group("Only me")
    ack = wires(alice).call("groupMessage", private(alice.username, group, "echo"))
    assert ack["response"]["deliveredToAll"] is True


def test_a_message_with_a_forged_sender_is_refused(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, to_bob = wires(alice), wires(bob)
    for event in ("privateMessage", "groupMessage"):
        ack = from_alice.call(event, private(bob.username, alice.username, "I am bob"))
        assert (ack["success"], ack["error"]["code"]) == (False, "forged_sender")
        assert ack["response"] == ack["error"]["message"]
    to_bob.read_all()
    assert to_bob.all_of("response") == []
    assert bob.history(alice.username) == []


def test_only_members_can_write_to_a_group(cast: Cast, wires: Wires) -> None:
    alice, mallory = cast(2)
    group = alice.make_group("Private club")
    assert wires(alice).call("groupMessage", private(alice.username, group, "I may"))["success"] is True
    ack = wires(mallory).call("groupMessage", private(mallory.username, group, "let me in"))
    assert (ack["success"], ack["error"]["code"]) == (False, "not_a_member")
    assert [one["content"] for one in alice.history(group, group=True)] == ["I may"]


@pytest.mark.parametrize("receiver", ["nobody-of-this-name", "alice bob", "-1", "999999999", "９", "9" * 30, "é" * 900])
def test_an_unknown_receiver_or_group_is_not_found(cast: Cast, wires: Wires, receiver: str) -> None:
    (alice,) = cast(1)
    wire = wires(alice)
    for event in ("privateMessage", "groupMessage"):
        ack = wire.call(event, private(alice.username, receiver, "anybody there?"))
        assert (ack["success"], ack["error"]["code"]) == (False, "not_found")


def test_the_id_of_a_private_conversation_is_not_accepted_as_a_group(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    wire = wires(alice)
    sent = wire.call("privateMessage", private(alice.username, bob.username, "between us"))
    number = sent["response"]["messageId"].split("-")[0]
    ack = wire.call("groupMessage", private(alice.username, number, "as a group"))
    assert ack["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    "content", ["x" * 65_536, "é" * 32_768, "𝄞" * 16_384, " \u200b. ", "a\tb\nc", "e\u0301 ‏שלום\u200d", '"\\/']
)
def test_content_is_stored_byte_for_byte(cast: Cast, wires: Wires, content: str) -> None:
    alice, bob = cast(2)
    stored = wires(alice).call("privateMessage", private(alice.username, bob.username, content))["response"]
    assert stored["content"] == content
    assert bob.history(alice.username)[0]["content"] == content


def test_a_carriage_return_and_newline_become_a_newline(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    wire = wires(alice)
    stored = wire.call("privateMessage", private(alice.username, bob.username, "one\r\ntwo"))["response"]
    assert stored["content"] == "one\ntwo"


@pytest.mark.parametrize(
    "content",
    [
        "",
        " ",
        "\n",
        "\u200b",
        "\u3164\ufe0f",
        "x" * 65_537,
        "é" * 32_769,
        "x" * 900_000,
        "nul \0",
        "bell \a",
        "alone \r",
        "\x7f",
        "\x85",
        "\ud800",
        None,
        7,
        [],
    ],
)
def test_content_outside_the_limits_is_refused_and_not_stored(cast: Cast, wires: Wires, content: object) -> None:
    alice, bob = cast(2)
    wire = wires(alice)
    ack = wire.call("privateMessage", private(alice.username, bob.username, content))  # type: ignore[arg-type]
    assert (ack["success"], ack["error"]["code"]) == (False, "invalid_input")
    assert "content" in ack["error"]["details"]["fields"]
    assert alice.history(bob.username) == []
    assert wire.call("privateMessage", private(alice.username, bob.username, "fine"))["success"] is True


@pytest.mark.parametrize("payloads", [(), (None,), ("text",), (7,), ([],), ([{"sender": "a"}],)])
def test_a_payload_that_is_not_an_object_is_malformed(cast: Cast, wires: Wires, payloads: tuple[object, ...]) -> None:
    (alice,) = cast(1)
    wire = wires(alice)
    for event in ("privateMessage", "groupMessage", "createGroup", "markRead"):
        ack = wire.call(event, *payloads)
        assert (ack["success"], ack["error"]["code"]) == (False, "malformed")


def test_a_refusal_names_each_missing_field(cast: Cast, wires: Wires) -> None:
    (alice,) = cast(1)
    ack = wires(alice).call("privateMessage", {})
    assert ack["error"]["code"] == "invalid_input"
    assert set(ack["error"]["details"]["fields"]) == {"sender", "receiver", "content"}


@pytest.mark.parametrize(
    "name",
    [
        "connect",
        "disconnect",
        "connect_error",
        "__init__",
        "trigger_event",
        "on_connect",
        "_send",
        "",
        "*",
        "message",
        "\ud800",
    ],
)
def test_an_unknown_event_is_refused_and_the_connection_stays_open(cast: Cast, wires: Wires, name: str) -> None:
    alice, bob = cast(2)
    wire = wires(alice)
    for payloads in ((), ({},), ({"QUERY_STRING": f"token={bob.token}"}, {"token": bob.token})):
        ack = wire.call(name, *payloads)
        assert (ack["success"], ack["error"]["code"]) == (False, "unknown_event")
    assert wire.call("privateMessage", private(alice.username, bob.username, "still me"))["success"] is True
    forged = wire.call("privateMessage", private(bob.username, alice.username, "not me"))
    assert forged["error"]["code"] == "forged_sender"
