"""A changed username in two processes, one for HTTP and one for sockets, changed by a third."""

from typing import Any

from tests.cluster.nodes import Cluster
from tests.people import Person


def _rename(pair: Cluster, former: str, new: str) -> None:
    done = pair.command("users", "rename", former, new)
    assert done.returncode == 0, done.stderr


def _texts(person: Person, other: str) -> list[tuple[str, str, str]]:
    return [(one["sender"], one["receiver"], one["content"]) for one in person.history(other)]


def _synced(person: Person, **known: Any) -> dict[str, Any]:
    answer: dict[str, Any] = person.call("sync", known)
    assert answer["success"] is True
    return answer


def test_a_private_conversation_goes_on_under_the_new_name_on_open_sockets(pair: Cluster) -> None:
    alice, bob, carol = pair.arrive("alice"), pair.arrive("bob"), pair.arrive("carol")
    assert alice.say("bob", "before")["success"] is True
    assert alice.history("bob")[0]["sender"] == "alice"
    before = _synced(bob)["names"]
    _rename(pair, "alice", "alicia")
    for one in (alice, bob, carol):
        told = one.wait_for("usernameChanged")
        assert (told["username"], told["newUsername"], told["number"]) == ("alice", "alicia", before + 1)
    # Whoever has not heard of it yet uses the former names, as sender and as receiver.
    ack = bob.say("alice", "to the former name")
    assert (ack["success"], ack["response"]["receiver"], ack["response"]["deliveredToAll"]) == (True, "alicia", True)
    assert alice.wait_for_message("to the former name")["receiver"] == "alicia"
    ack = alice.say("bob", "from the former name")
    assert (ack["success"], ack["response"]["sender"]) == (True, "alicia")
    assert bob.wait_for_message("from the former name")["sender"] == "alicia"
    assert bob.say("alicia", "to the new name")["success"] is True
    alice.wait_for_message("to the new name")
    posted = bob.post("/messages", {"receiver": "alice", "content": "posted to the former name"})
    assert posted.json()["response"]["receiver"] == "alicia"
    alice.wait_for_message("posted to the former name")
    expected = [
        ("alicia", "bob", "before"),
        ("bob", "alicia", "to the former name"),
        ("alicia", "bob", "from the former name"),
        ("bob", "alicia", "to the new name"),
        ("bob", "alicia", "posted to the former name"),
    ]
    for name in ("alice", "alicia"):
        assert _texts(bob, name) == expected
    assert _texts(alice, "bob") == expected
    receivers = [one["receiver"] for one in bob.get("/conversations").json()["conversations"]]
    assert receivers.count("alicia") == 1
    assert "alice" not in receivers
    receipt = bob.wait_for("receipt", lambda one: one["username"] == "alicia" and one["deliveredSequence"] >= 2)
    assert receipt["receiver"] == "alicia"
    alice.disconnect()
    bob.wait_for("onlineStatus", lambda one: one == {"username": "alicia", "online": False})
    # The session that began under the former name goes on, and its token names the new one from the next load.
    loaded = alice.get("/loggedIn")
    assert (loaded.status_code, loaded.json()["username"]) == (200, "alicia")
    assert alice.get("/all/alice").status_code == 200
    missed = _synced(bob, names=before)
    assert [(one["username"], one["newUsername"]) for one in missed["renamed"]] == [("alice", "alicia")]
    assert _synced(bob, names=missed["names"])["renamed"] == []
    assert pair.command("users", "add", "alice", "--no-password").returncode != 0
    _rename(pair, "alicia", "alice")


def test_two_renamed_people_find_their_conversation_under_every_pair_of_names(pair: Cluster) -> None:
    dave, erin = pair.arrive("carol"), pair.arrive("eve")
    assert dave.say("eve", "first")["success"] is True
    _rename(pair, "carol", "zdave")
    _rename(pair, "eve", "aeve")
    erin.wait_for("usernameChanged", lambda one: one["newUsername"] == "aeve")
    for receiver in ("carol", "zdave"):
        assert erin.say(receiver, f"to {receiver}")["response"]["receiver"] == "zdave"
    again = erin.say("carol", "once", clientId="0b8f1d3e-7f0c-4f53-9a2e-1d5c5f0e7a11")
    repeat = erin.say("zdave", "once", clientId="0b8f1d3e-7f0c-4f53-9a2e-1d5c5f0e7a11")
    assert repeat["response"]["messageId"] == again["response"]["messageId"]
    assert [one["sequence"] for one in dave.history("eve")] == [1, 2, 3, 4]
