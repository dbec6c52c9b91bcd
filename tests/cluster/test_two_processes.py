"""`flask run` for HTTP and `python ws.py` for sockets, on one database without a broker."""

import statistics
import threading
import time

import pytest

from tests.cluster.nodes import Cluster, online
from tests.people import Person, wait_until

REACHES_SECONDS = 0.2
"""The median time within which messages of the HTTP process reach connected clients."""
WORST_SECONDS = 2.0
"""The longest time, on a busy machine."""
MESSAGES = 20


def test_a_message_posted_over_http_reaches_connected_clients_soon(pair: Cluster) -> None:
    alice, bob = pair.arrive("alice"), pair.arrive("bob")
    waits = []
    for number in range(MESSAGES):
        answer = alice.post("/messages", {"receiver": "bob", "content": f"posted {number}"})
        posted_at = time.monotonic()
        assert answer.json()["success"] is True
        bob.wait_for_message(f"posted {number}")
        alice.wait_for_message(f"posted {number}")
        waits.append(time.monotonic() - posted_at)
    assert statistics.median(waits) < REACHES_SECONDS, waits
    assert max(waits) < WORST_SECONDS, waits
    assert [one["content"] for one in bob.messages()] == [f"posted {number}" for number in range(MESSAGES)]


def test_a_group_created_over_http_is_announced_to_its_members_and_accepts_messages(pair: Cluster) -> None:
    alice, bob, mallory = pair.arrive("alice"), pair.arrive("bob"), pair.arrive("mallory")
    made_at = time.monotonic()
    group = alice.make_group("made over http", "bob")
    for member in (alice, bob):
        member.wait_for("newgrp", lambda one: "made over http" in one["response"])
    assert time.monotonic() - made_at < WORST_SECONDS
    ack = bob.say(group, "hello group", group=True)
    assert (ack["success"], ack["response"]["deliveredToAll"]) == (True, True)
    alice.wait_for_message("hello group")
    assert mallory.received("newgrp") == []
    assert mallory.messages() == []


def test_a_create_group_event_for_an_announced_group_does_not_repeat_newgrp(pair: Cluster) -> None:
    alice, bob = pair.arrive("alice"), pair.arrive("bob")
    group = alice.make_group("announced", "bob")
    assert alice.call("createGroup", {"groupId": group})["success"] is True
    assert bob.say(group, "after", group=True)["success"] is True
    alice.wait_for_message("after")
    for member in (alice, bob):
        assert len(member.received("newgrp")) == 1


def test_how_long_the_system_keeps_messages_reaches_connected_clients(pair: Cluster) -> None:
    alice = pair.arrive("alice")
    for days in (30, 0):
        changed = pair.command("retention", str(days), "--yes")
        assert changed.returncode == 0, changed.stderr
        alice.wait_for("retention", lambda told, days=days: told["retentionDays"] == days)


def test_presence_over_http_matches_the_open_connections(pair: Cluster) -> None:
    visitor = pair.visit("carol")
    wait_until(lambda: online(visitor) == set(), "nobody is there yet")
    bob = pair.arrive("bob")
    assert online(visitor) == {"bob"}
    second = pair.arrive("bob")
    bob.disconnect()
    assert online(visitor) == {"bob"}
    second.disconnect()
    wait_until(lambda: online(visitor) == set(), "bob is gone")


def test_signing_out_over_http_closes_only_the_sockets_of_that_session(pair: Cluster) -> None:
    bob, other = pair.arrive("bob"), pair.arrive("bob")
    assert bob.say("alice", "still here")["success"] is True
    assert bob.post("/logout", {}).status_code == 200
    assert "signed out" in bob.wait_for("token-expired")["response"]
    wait_until(lambda: not bob.socket.connected, "the socket is closed")
    assert other.say("alice", "here too")["success"] is True
    assert other.received("token-expired") == []


def test_deactivating_a_user_from_the_command_line_closes_their_sockets(pair: Cluster) -> None:
    eve, alice = pair.arrive("eve"), pair.arrive("alice")
    assert eve.say("alice", "before")["success"] is True
    assert pair.command("users", "deactivate", "eve").returncode == 0
    eve.wait_for("token-expired")
    wait_until(lambda: not eve.socket.connected, "the socket is closed")
    alice.wait_for("onlineStatus", lambda one: one == {"username": "eve", "online": False})
    assert eve.get("/loggedIn").status_code == 401


@pytest.mark.parametrize("end", [("suspend", "fay"), ("role", "fay", "moderator"), ("deactivate", "fay")])
def test_every_socket_closes_within_a_second_of_a_suspension_a_new_role_or_a_closed_account(
    pair: Cluster, end: tuple[str, ...]
) -> None:
    sockets = [pair.arrive("fay") for _ in range(3)]
    assert pair.command("users", *end).returncode == 0
    began = time.monotonic()
    for one in sockets:
        wait_until(lambda one=one: not one.socket.connected, "the socket is closed")
    assert time.monotonic() - began < 1
    assert [one.get("/loggedIn").status_code for one in sockets] == [401, 401, 401]
    pair.command("users", "unsuspend", "fay")


def test_concurrent_messages_over_http_and_socket_have_one_order(pair: Cluster) -> None:
    alice, bob, carol = pair.arrive("alice"), pair.arrive("bob"), pair.arrive("carol")
    group = alice.make_group("two doors", "bob", "carol")
    for member in (alice, bob, carol):
        member.wait_for("newgrp", lambda one: "two doors" in one["response"])
    threads = [
        threading.Thread(target=_post_all, args=(alice, group)),
        threading.Thread(target=_say_all, args=(bob, group)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = [(one["sequence"], one["content"]) for one in carol.history(group, group=True)]
    assert [sequence for sequence, _ in expected] == list(range(1, 2 * MESSAGES + 1))
    for member in (alice, bob, carol):
        wait_until(lambda member=member: len(member.messages()) >= 2 * MESSAGES, "all of it arrives")
        assert [(one["sequence"], one["content"]) for one in member.messages()] == expected


@pytest.mark.slow
def test_a_sender_over_http_receives_the_delivery_update_of_a_socket_confirmation(pair: Cluster) -> None:
    alice, bob = pair.arrive("alice"), pair.arrive("bob", confirms=False)
    posted = alice.post("/messages", {"receiver": "bob", "content": "tick"}).json()["response"]
    assert posted["deliveredToAll"] is False
    bob.wait_for_message("tick")
    bob.confirm()
    told = alice.wait_for("updateDeliveryStatusOnConnection")["response"]
    assert (told["messageId"], told["deliveredToAll"]) == (posted["messageId"], True)
    wait_until(lambda: alice.history("bob")[-1]["deliveredToAll"], "and over HTTP")


def _post_all(person: Person, group: str) -> None:
    for number in range(MESSAGES):
        body = {"receiver": group, "group": True, "content": f"http {number}"}
        assert person.post("/messages", body).json()["success"] is True


def _say_all(person: Person, group: str) -> None:
    for number in range(MESSAGES):
        assert person.say(group, f"socket {number}", group=True)["success"] is True
