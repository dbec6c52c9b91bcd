"""`look` and `typing`: only who looks at a conversation hears that somebody is typing in it."""

from typing import Any

import pytest

from tests.people import Cast, Person
from tests.realtime.conftest import Wires
from tests.realtime.wire import Wire
from tests.servers import Server

DONE = {"success": True}


def typed(wire: Wire) -> list[Any]:
    wire.read_all()
    return wire.all_of("typing")


def test_typing_reaches_those_who_look_at_the_conversation_and_nobody_else(cast: Cast, wires: Wires) -> None:
    alice, bob, carol, mallory = cast(4)
    group = alice.make_group("Readers", bob.username, carol.username)
    looking, elsewhere, gone, own = wires(bob), wires(bob), wires(carol), wires(alice)
    outsider, typist = wires(mallory), wires(alice)
    for wire in (looking, gone, own):
        assert wire.call("look", {"receiver": group, "group": True}) == DONE
    assert gone.call("look", {"receiver": None}) == DONE
    assert elsewhere.call("look", {"receiver": alice.username}) == DONE
    assert typist.call("typing", {"receiver": group, "group": True}) == DONE
    heard = looking.event("typing").data
    assert heard == {"receiver": group, "group": True, "username": alice.username}
    for wire in (elsewhere, gone, own, outsider, typist):
        assert typed(wire) == []
    assert typist.call("typing", {"receiver": group, "group": True}) == DONE
    assert len(typed(looking)) == 1, "at most one a second"


def test_typing_in_a_private_conversation_names_the_typist(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    looking, typist = wires(bob), wires(alice)
    looking.call("look", {"receiver": alice.username})
    typist.call("typing", {"receiver": bob.username})
    heard = looking.event("typing").data
    assert heard == {"receiver": alice.username, "group": False, "username": alice.username}


def test_whoever_does_not_show_it_neither_tells_nor_hears(cast: Cast, wires: Wires) -> None:
    alice, bob = cast(2)
    to_alice, to_bob, witness = wires(alice), wires(bob), wires(alice)
    to_alice.call("look", {"receiver": bob.username})
    to_bob.call("look", {"receiver": alice.username})
    to_bob.call("changeSettings", {"sharesTyping": False})
    witness.call("typing", {"receiver": bob.username})
    to_bob.call("typing", {"receiver": alice.username})
    assert typed(to_bob) == typed(to_alice) == []
    to_bob.call("changeSettings", {"sharesTyping": True})
    wires(alice).call("typing", {"receiver": bob.username})
    to_bob.event("typing")


@pytest.mark.parametrize("event", ["look", "typing"])
def test_outsiders_and_malformed_payloads_are_refused(cast: Cast, wires: Wires, event: str) -> None:
    alice, mallory = cast(2)
    group = alice.make_group("Not hers")
    wire = wires(mallory)
    assert wire.call(event, {"receiver": group, "group": True})["error"]["code"] == "not_a_member"
    assert wire.call(event, {"receiver": "x", "group": True})["error"]["code"] == "not_a_member"
    assert wire.call(event, {"receiver": 7})["error"]["code"] == "invalid_input"
    assert wire.call(event, "x")["error"]["code"] == "malformed"


def test_a_removed_member_hears_nothing_more(cast: Cast, wires: Wires) -> None:
    alice, bob, carol = cast(3)
    group = alice.make_group("Readers", bob.username, carol.username)
    looking, removed, typist = wires(carol), wires(bob), wires(alice)
    for wire in (looking, removed):
        wire.call("look", {"receiver": group, "group": True})
    assert typist.call("removeMember", {"groupId": group, "username": bob.username}) == DONE
    removed.event("change", lambda one: one["kind"] == "conversation" and one["conversation"] is None)
    typist.call("typing", {"receiver": group, "group": True})
    looking.event("typing")
    assert typed(removed) == []


def test_a_guest_hears_nothing_of_somebody_whom_they_do_not_see(server: Server, cast: Cast, wires: Wires) -> None:
    alice, mallory = cast(2)
    name = f"guest.{alice.username}"
    assert server.run("users", "add", name, "--no-password", "--role", "guest").returncode == 0
    group = alice.make_group("With a guest", name)
    guest = Person(server, name)
    to_alice, to_mallory = wires(guest), wires(guest)
    assert to_alice.call("look", {"receiver": alice.username}) == DONE
    assert to_mallory.call("look", {"receiver": mallory.username}) == DONE
    for person in (mallory, alice):
        assert wires(person).call("typing", {"receiver": name}) == DONE
    to_alice.event("typing", lambda one: one["username"] == alice.username)
    assert typed(to_mallory) == []
    body = {"users": [{"username": mallory.username}]}
    assert alice.post(f"/group/{group}/members", body).status_code == 200
    assert wires(mallory).call("typing", {"receiver": name}) == DONE
    to_mallory.event("typing", lambda one: one["username"] == mallory.username)
    guest.http.close()
