"""`markRead` and `receipt`: the delivered and read watermarks of the members."""

from typing import Any

import pytest

from tests.people import Cast, Person
from tests.realtime.conftest import Wires
from tests.realtime.wire import Frame, Wire, private


def _read_by(wire: Wire, person: Person, sequence: int) -> Frame:
    return wire.event("receipt", lambda one: one["username"] == person.username and one["readSequence"] >= sequence)


def _say(wire: Wire, sender: Person, receiver: Person, *contents: str) -> None:
    for content in contents:
        wire.emit("privateMessage", private(sender.username, receiver.username, content))
        wire.message(content)


def test_a_read_receipt_reaches_the_sender_and_the_other_tabs_of_the_reader(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, to_bob, bobs_other_tab = wires(alice), wires(bob), wires(bob)
    _say(from_alice, alice, bob, "one", "two", "three")
    assert to_bob.call("markRead", {"receiver": alice.username, "group": False, "sequence": 2}) == {"success": True}
    assert _read_by(from_alice, bob, 2).data == {
        "receiver": bob.username,
        "group": False,
        "username": bob.username,
        "deliveredSequence": 2,
        "readSequence": 2,
    }
    assert _read_by(bobs_other_tab, bob, 2).data["receiver"] == alice.username
    (talk,) = bob.get("/conversations").json()["conversations"]
    assert (talk["readSequence"], talk["unread"], talk["lastSequence"]) == (2, 1, 3)


def test_a_read_receipt_in_a_group_reaches_only_its_members(cast: Cast, wires: Wires) -> None:
    alice, bob, mallory = cast(3)
    group = alice.make_group("Readers", bob.username)
    from_alice, to_bob, to_mallory = wires(alice), wires(bob), wires(mallory)
    from_alice.emit("groupMessage", private(alice.username, group, "read this"))
    to_bob.message("read this")
    assert to_bob.call("markRead", {"receiver": group, "group": True, "sequence": 1}) == {"success": True}
    told = _read_by(from_alice, bob, 1).data
    assert (told["receiver"], told["group"], told["readSequence"]) == (group, True, 1)
    to_mallory.read_all()
    assert to_mallory.all_of("receipt") == []


def test_a_confirmation_raises_the_delivered_watermark_and_not_the_read_one(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, to_bob = wires(alice), wires(bob)
    from_alice.emit("privateMessage", private(alice.username, bob.username, "seen?"))
    to_bob.confirm(to_bob.message("seen?"))
    told = from_alice.event("receipt", lambda one: one["username"] == bob.username)
    assert (told.data["deliveredSequence"], told.data["readSequence"]) == (1, 0)


def test_watermarks_rise_and_never_fall(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, to_bob = wires(alice), wires(bob)
    _say(from_alice, alice, bob, *(f"number {one}" for one in range(1, 7)))
    for sequence in (3, 1, 5, 0, 2, 6, 4):
        assert to_bob.call("markRead", {"receiver": alice.username, "sequence": sequence}) == {"success": True}
        to_bob.confirm(to_bob.message("number 1"))
    _read_by(from_alice, bob, 6)
    told = [one for one in from_alice.all_of("receipt") if one["username"] == bob.username]
    for name in ("deliveredSequence", "readSequence"):
        marks = [one[name] for one in told]
        assert marks == sorted(marks)
    (talk,) = bob.get("/conversations").json()["conversations"]
    assert talk["readSequence"] == 6


def test_reading_a_message_also_marks_it_as_delivered(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, to_bob = wires(alice), wires(bob)
    number = from_alice.emit("privateMessage", private(alice.username, bob.username, "read at once"))
    to_bob.message("read at once")
    to_bob.call("markRead", {"receiver": alice.username, "sequence": 1})
    assert from_alice.ack(number, seconds=1.2)["response"]["deliveredToAll"] is True


def test_the_read_watermark_stops_at_the_last_message(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, to_bob = wires(alice), wires(bob)
    _say(from_alice, alice, bob, "the only one")
    assert to_bob.call("markRead", {"receiver": alice.username, "sequence": 2**63 - 1}) == {"success": True}
    assert _read_by(from_alice, bob, 1).data["readSequence"] == 1
    second = from_alice.emit("privateMessage", private(alice.username, bob.username, "not read yet"))
    to_bob.confirm(to_bob.message("not read yet"))
    from_alice.ack(second)
    (talk,) = bob.get("/conversations").json()["conversations"]
    assert (talk["readSequence"], talk["unread"]) == (1, 1)


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        ({"receiver": "nobody-of-this-name", "sequence": 1}, "not_found"),
        ({"receiver": "999999999", "group": True, "sequence": 1}, "not_found"),
        ({"receiver": "not a number", "group": True, "sequence": 1}, "not_found"),
        ({"sequence": 1}, "invalid_input"),
        ({"receiver": "{bob}"}, "invalid_input"),
        ({"receiver": "{bob}", "sequence": -1}, "invalid_input"),
        ({"receiver": "{bob}", "sequence": 2**63}, "invalid_input"),
        ({"receiver": "{bob}", "sequence": "1"}, "invalid_input"),
        ({"receiver": "{bob}", "sequence": 1.5}, "invalid_input"),
        ({"receiver": "{bob}", "sequence": True}, "invalid_input"),
        ({"receiver": "{bob}", "group": "no", "sequence": 1}, "invalid_input"),
        ({"receiver": None, "sequence": 1}, "invalid_input"),
    ],
)
def test_an_invalid_mark_read_is_refused(cast: Cast, wires: Wires, mark: dict[str, Any], code: str) -> None:
    alice, bob = cast(2)
    wire = wires(alice)
    _say(wire, alice, bob, "something to read")
    if mark.get("receiver") == "{bob}":
        mark = {**mark, "receiver": bob.username}
    ack = wire.call("markRead", mark)
    assert (ack["success"], ack["error"]["code"]) == (False, code)
    assert wire.call("markRead", {"receiver": bob.username, "sequence": 1}) == {"success": True}


def test_mark_read_in_a_conversation_without_messages_is_refused(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    ack = wires(alice).call("markRead", {"receiver": bob.username, "sequence": 0})
    assert (ack["success"], ack["error"]["code"]) == (False, "invalid_input")
    assert alice.get("/conversations").json()["conversations"] == []


def test_mark_read_of_an_outsider_is_refused(cast: Cast, wires: Wires) -> None:
    alice, mallory = cast(2)
    group = alice.make_group("Not hers")
    mark = {"receiver": group, "group": True, "sequence": 0}
    assert wires(alice).call("markRead", mark) == {"success": True}
    ack = wires(mallory).call("markRead", mark)
    assert (ack["success"], ack["error"]["code"]) == (False, "not_a_member")


def test_whoever_does_not_show_what_they_have_read_is_told_alone(cast: Cast, wires: Wires) -> None:
    alice, bob, carol = cast(3)
    group = alice.make_group("Readers", bob.username, carol.username)
    from_alice, to_bob, bobs_other_tab, to_carol = wires(alice), wires(bob), wires(bob), wires(carol)
    assert to_bob.call("changeSettings", {"sharesReads": False})["settings"]["sharesReads"] is False
    _say(from_alice, alice, bob, "private")
    from_alice.emit("groupMessage", private(alice.username, group, "to all"))
    for wire in (to_bob, to_carol):
        wire.confirm(wire.message("to all"))
    for conversation in ({"receiver": group, "group": True}, {"receiver": alice.username}):
        to_bob.call("markRead", {**conversation, "sequence": 1})
        assert bobs_other_tab.event("receipt", lambda one: one["username"] == bob.username and one["readSequence"] == 1)
    to_carol.call("markRead", {"receiver": group, "group": True, "sequence": 1})
    assert _read_by(from_alice, carol, 1), "others show theirs as before"
    delivered = from_alice.event("receipt", lambda one: one["username"] == bob.username)
    assert delivered.data["deliveredSequence"] == 1
    for wire in (from_alice, to_carol, to_bob, bobs_other_tab):
        wire.read_all()
        for told in wire.all_of("receipt"):
            of_bob, is_bobs = told["username"] == bob.username, wire in (to_bob, bobs_other_tab)
            assert (told["readSequence"] is None) == (of_bob != is_bobs), told
    only_read = len([one for one in from_alice.all_of("receipt") if one["username"] == bob.username])
    from_alice.emit("groupMessage", private(alice.username, group, "again"))
    to_bob.confirm(to_bob.message("again"))
    from_alice.event("receipt", lambda one: one["username"] == bob.username and one["deliveredSequence"] == 2)
    to_bob.call("markRead", {"receiver": group, "group": True, "sequence": 2})
    bobs_other_tab.event("receipt", lambda one: one["username"] == bob.username and one["readSequence"] == 2)
    from_alice.read_all()
    assert len([one for one in from_alice.all_of("receipt") if one["username"] == bob.username]) == only_read + 1
