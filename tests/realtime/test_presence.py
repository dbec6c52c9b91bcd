"""`onlineStatus`: only the first and the last connection of a user are announced."""

from tests.people import Cast, Person, wait_until
from tests.realtime.conftest import Wires
from tests.realtime.wire import Wire


def _announced(wire: Wire, person: Person) -> list[bool]:
    wire.read_all()
    return [one["online"] for one in wire.all_of("onlineStatus") if one["username"] == person.username]


def _is_online(person: Person, looked_up_by: Person) -> bool:
    users = looked_up_by.get("/users").json()["users"]
    found: list[bool] = [one["isOnline"] for one in users if one["username"] == person.username]
    return found == [True]


def test_the_first_and_last_connection_of_a_user_are_announced_to_all(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    to_bob = wires(bob)
    tabs = [wires(alice)]
    heard = to_bob.event("onlineStatus", lambda one: one["username"] == alice.username)
    assert heard.data == {"username": alice.username, "online": True}
    tabs += [wires(alice), wires(alice)]
    for tab in tabs[:2]:
        tab.close()
    tabs[2].read_all()
    assert _announced(to_bob, alice) == [True]
    tabs[2].close()
    to_bob.event("onlineStatus", lambda one: one == {"username": alice.username, "online": False})
    assert _announced(to_bob, alice) == [True, False]


def test_presence_over_http_matches_the_open_connections(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    group = bob.make_group("Lamps", alice.username)
    assert not _is_online(alice, bob)
    tab = wires(alice)
    assert _is_online(alice, bob)
    groups = bob.get(f"/all/{bob.username}").json()["groups"]
    (members,) = [one["users"] for one in groups if one["groupId"] == group]
    assert {one["username"]: one["isOnline"] for one in members} == {alice.username: True, bob.username: False}
    tab.close()
    wait_until(lambda: not _is_online(alice, bob), "alice to be offline")


def test_a_user_who_leaves_the_namespace_goes_offline(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    to_bob, tab = wires(bob), wires(alice)
    tab.send("41/chat,")
    to_bob.event("onlineStatus", lambda one: one == {"username": alice.username, "online": False})


def test_a_rejected_connection_never_makes_its_user_online(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    to_bob = wires(bob)
    refused = Wire(alice.server, "not a token")
    assert refused.read(lambda frame: frame.kind != "connected").kind == "refused"
    refused.close()
    assert _announced(to_bob, alice) == []


def test_many_short_connections_end_in_the_right_presence(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    to_bob = wires(bob)
    for _ in range(15):
        wires(alice).close()
    last = wires(alice)
    last.read_all()
    assert _is_online(alice, bob)
    last.close()
    wait_until(lambda: not _is_online(alice, bob), "alice to be offline")
    heard = _announced(to_bob, alice)
    assert heard == [one % 2 == 0 for one in range(len(heard))], "Each change is announced once"
    assert heard[-1] is False
