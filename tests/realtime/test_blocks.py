"""What people of whom one blocks the other hear of each other over sockets."""

from tests.people import Cast, Person
from tests.realtime.conftest import Wires
from tests.realtime.wire import Wire, private


def block(person: Person, username: str, *, on: bool = True) -> None:
    answer = person.http.put(
        f"{person.server.http}/block/{username}", json={"on": on}, headers={"auth-token": person.token}
    )
    assert answer.status_code == 200, answer.text


def seen(person: Person, username: str) -> tuple[bool, object]:
    answer = person.http.get(f"{person.server.http}/all/{person.username}", headers={"auth-token": person.token})
    users = answer.json()["users"]
    (found,) = [user for user in users if user["username"] == username]
    return found["isOnline"], found["lastSeen"]


def statuses(wire: Wire, username: str) -> list[bool]:
    """What a connection heard of a user's presence so far."""
    wire.read_all()
    return [one["online"] for one in wire.all_of("onlineStatus") if one["username"] == username]


def test_a_block_hides_the_presence_of_both_and_its_end_shows_it(cast: Cast, wires: Wires) -> None:
    alice, bob, carol = cast(3)
    sockets = {person.username: wires(person) for person in (alice, bob, carol)}
    assert seen(alice, bob.username)[0] is seen(bob, alice.username)[0] is True
    block(alice, bob.username)
    assert seen(alice, bob.username) == seen(bob, alice.username) == (False, None)
    assert seen(carol, bob.username)[0] is True
    assert statuses(sockets[alice.username], bob.username)[-1] is False
    assert statuses(sockets[bob.username], alice.username)[-1] is False
    assert statuses(sockets[carol.username], bob.username)[-1:] != [False]
    block(alice, bob.username, on=False)
    assert seen(alice, bob.username)[0] is seen(bob, alice.username)[0] is True
    assert statuses(sockets[alice.username], bob.username)[-1] is True
    assert statuses(sockets[bob.username], alice.username)[-1] is True


def test_coming_and_going_is_told_to_all_but_those_in_a_block(cast: Cast, wires: Wires) -> None:
    alice, bob, carol = cast(3)
    block(bob, alice.username)
    for_alice, for_carol = wires(alice), wires(carol)
    wire = wires(bob)
    for_carol.event("onlineStatus", lambda one: one == {"username": bob.username, "online": True})
    wire.close()
    for_carol.event("onlineStatus", lambda one: one == {"username": bob.username, "online": False})
    assert statuses(for_alice, bob.username) == []
    assert statuses(for_carol, bob.username) == [True, False]


def test_typing_and_messages_do_not_arrive(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    for_alice, for_bob = wires(alice), wires(bob)
    for_alice.call("look", {"receiver": bob.username, "group": False})
    block(alice, bob.username)
    for_bob.emit("typing", {"receiver": alice.username, "group": False})
    ack = for_bob.call("privateMessage", private(bob.username, alice.username, "let me in"))
    assert (ack["success"], ack["error"]["code"]) == (False, "blocked")
    for_alice.read_all()
    assert for_alice.all_of("typing") == for_alice.all_of("response") == []


def test_the_own_devices_hear_of_a_block(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    tab, theirs = wires(alice), wires(bob)
    block(alice, bob.username)
    change = tab.event("change", lambda one: one["kind"] == "block")
    assert change.data["block"]["username"] == bob.username
    theirs.read_all()
    assert [one for one in theirs.all_of("change") if one["kind"] == "block"] == []
