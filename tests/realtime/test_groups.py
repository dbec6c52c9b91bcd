"""`createGroup` and `newgrp`: every member is in the room of a new group before the event arrives."""

from typing import Any

import pytest

from tests.people import Cast, Person
from tests.realtime.conftest import Wires
from tests.realtime.wire import Wire, private


def _new(name: Any, *people: Person) -> dict[str, Any]:
    return {"groupName": name, "users": [{"username": one.username, "isOnline": "whatever"} for one in people]}


def _newgrps(wire: Wire) -> int:
    wire.read_all()
    return len(wire.all_of("newgrp"))


def test_a_group_created_over_the_socket_is_announced_to_every_member_once(cast: Cast, wires: Wires) -> None:
    alice, bob, carol, mallory = cast(4)
    from_alice, other_tab, to_bob, to_mallory = wires(alice), wires(alice), wires(bob), wires(mallory)
    ack = from_alice.call("createGroup", _new("Choir", bob, carol))
    assert ack["success"] is True
    assert isinstance(ack["response"], str)
    group = ack["newGroup"]
    assert [one["username"] for one in group["users"]] == sorted(one.username for one in (alice, bob, carol))
    for wire in (from_alice, other_tab, to_bob):
        assert set(wire.event("newgrp").data) == {"response"}
        assert "Choir" in wire.event("newgrp").data["response"]
        assert _newgrps(wire) == 1
    assert _newgrps(to_mallory) == 0
    assert _newgrps(wires(carol)) == 0, "She was away, and finds the group in /all"
    assert [one["groupId"] for one in carol.get(f"/all/{carol.username}").json()["groups"]] == [group["groupId"]]


def test_every_member_is_in_the_room_before_newgrp_arrives(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    from_alice, to_bob = wires(alice), wires(bob)
    group = from_alice.call("createGroup", _new("At once", bob))["newGroup"]["groupId"]
    to_bob.event("newgrp")
    to_bob.emit("groupMessage", private(bob.username, group, "first!"))
    from_alice.message("first!")
    to_bob.message("first!")


def test_a_group_created_over_http_is_announced_without_a_create_group_event(cast: Cast, wires: Wires) -> None:
    alice, bob, mallory = cast(3)
    to_alice, to_bob, to_mallory = wires(alice), wires(bob), wires(mallory)
    group = alice.make_group("From the page", bob.username)
    for wire in (to_alice, to_bob):
        assert "From the page" in wire.event("newgrp").data["response"]
    to_alice.emit("groupMessage", private(alice.username, group, "all here?"))
    to_bob.message("all here?")
    assert _newgrps(to_mallory) == 0


def test_an_additional_create_group_event_does_not_repeat_newgrp(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    to_alice, to_bob = wires(alice), wires(bob)
    body = alice.post("/group", _new("Both ways", bob)).json()["newGroup"]
    for payload in ({"groupId": body["groupId"]}, {**body, "users": None, "something": [1]}, body):
        ack = to_alice.call("createGroup", payload)
        assert (ack["success"], ack["newGroup"]["groupId"]) == (True, body["groupId"])
        assert ack["newGroup"]["groupName"] == "Both ways"
    assert to_bob.call("createGroup", body)["success"] is True
    assert (_newgrps(to_alice), _newgrps(to_bob)) == (1, 1)
    assert len(alice.get(f"/all/{alice.username}").json()["groups"]) == 1


def test_a_member_who_connects_later_receives_the_messages_of_the_group(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    group = alice.make_group("Latecomers", bob.username)
    to_bob, from_alice = wires(bob), wires(alice)
    from_alice.emit("groupMessage", private(alice.username, group, "welcome"))
    to_bob.message("welcome")


def test_an_outsider_cannot_announce_a_group(cast: Cast, wires: Wires) -> None:
    alice, mallory = cast(2)
    group = alice.make_group("Closed")
    assert wires(alice).call("createGroup", {"groupId": group})["success"] is True
    from_mallory = wires(mallory)
    ack = from_mallory.call("createGroup", {"groupId": group})
    assert (ack["success"], ack["error"]["code"]) == (False, "not_a_member")
    assert "newGroup" not in ack
    assert _newgrps(from_mallory) == 0


@pytest.mark.parametrize("group", ["999999999", "nope", "-1", "1.0"])
def test_a_group_that_does_not_exist_is_not_announced(cast: Cast, wires: Wires, group: str) -> None:
    (alice,) = cast(1)
    ack = wires(alice).call("createGroup", {"groupId": group, "groupName": "Ghost", "users": []})
    assert (ack["success"], ack["error"]["code"]) == (False, "not_found")
    assert alice.get(f"/all/{alice.username}").json()["groups"] == []


@pytest.mark.parametrize("name", ["", " ", "\n", "\u200b\u3164", "x" * 101, None, 7, "a\nb", "nul\0", "\ud800"])
def test_a_group_with_an_invalid_name_is_refused(cast: Cast, wires: Wires, name: object) -> None:
    (alice,) = cast(1)
    wire = wires(alice)
    ack = wire.call("createGroup", {"groupName": name, "users": []})
    assert (ack["success"], ack["error"]["code"]) == (False, "invalid_input")
    assert _newgrps(wire) == 0
    assert wire.call("createGroup", {"groupName": "é" * 100, "users": []})["success"] is True


@pytest.mark.parametrize("users", [None, "bob", {}, [None], [{}], [{"username": ""}], [{"username": 7}], ["bob"]])
def test_a_group_with_an_invalid_list_of_users_is_refused(cast: Cast, wires: Wires, users: object) -> None:
    (alice,) = cast(1)
    ack = wires(alice).call("createGroup", {"groupName": "Odd", "users": users})
    assert (ack["success"], ack["error"]["code"]) == (False, "invalid_input")


def test_a_group_with_an_unknown_user_is_not_created(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    wire = wires(alice)
    users = [{"username": bob.username}, {"username": "nobody-of-this-name"}]
    ack = wire.call("createGroup", {"groupName": "Half", "users": users})
    assert (ack["success"], ack["error"]["code"]) == (False, "not_found")
    assert ack["error"]["details"]["usernames"] == ["nobody-of-this-name"]
    assert bob.get(f"/all/{bob.username}").json()["groups"] == []
    assert _newgrps(wire) == 0


def test_repeated_users_and_the_creator_become_members_once(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    group = wires(alice).call("createGroup", _new("Twice", bob, alice, bob))["newGroup"]
    assert [one["username"] for one in group["users"]] == sorted([alice.username, bob.username])
