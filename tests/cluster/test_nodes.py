"""Two Socket.IO processes and one HTTP process on PostgreSQL, with LISTEN/NOTIFY and with Valkey as the bus."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator

import psycopg2
import pytest

from chatapp.realtime.typing import TYPING_SECONDS
from tests.cluster.nodes import Cluster, online, running_cluster
from tests.databases import new_postgres_database, with_tables
from tests.people import Person, wait_until

MESSAGES = 25


@pytest.fixture(scope="module", params=["notify", "valkey"])
def running(
    request: pytest.FixtureRequest, postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    bus = {"CHATAPP_REDIS_URL": request.getfixturevalue("valkey_url")} if request.param == "valkey" else {}
    cluster = Cluster(folder, with_tables(new_postgres_database(postgres_url), folder), count=2, **bus)
    with running_cluster(cluster) as started:
        yield started


@pytest.fixture
def nodes(running: Cluster, cleared: Callable[[Cluster], Cluster]) -> Cluster:
    return cleared(running)


def test_the_ack_waits_for_the_recipient_on_the_other_node(nodes: Cluster) -> None:
    alice, bob = nodes.arrive("alice", 0), nodes.arrive("bob", 1)
    _wait_until_shown(alice, "bob")
    ack = alice.say("bob", "across")
    assert ack["response"]["deliveredToAll"] is True
    assert [one["messageId"] for one in bob.messages()] == [ack["response"]["messageId"]]
    assert alice.received("updateDeliveryStatusOnConnection") == []


def test_the_ack_is_undelivered_when_the_recipient_on_the_other_node_does_not_confirm(nodes: Cluster) -> None:
    alice, bob = nodes.arrive("alice", 0), nodes.arrive("bob", 1, confirms=False)
    _wait_until_shown(alice, "bob")
    assert alice.say("bob", "anybody there?")["response"]["deliveredToAll"] is False
    bob.wait_for_message("anybody there?")
    # Another connection of the same user, on the first node, confirms by connecting.
    nodes.arrive("bob", 0)
    alice.wait_for("updateDeliveryStatusOnConnection")


def test_what_is_a_persons_own_reaches_their_devices_and_viewers_on_the_other_node(nodes: Cluster) -> None:
    alice, bob, other = nodes.arrive("alice", 0), nodes.arrive("bob", 1), nodes.arrive("alice", 1)
    bob.call("look", {"receiver": "alice"})
    _type_until_heard(alice, bob)
    assert bob.received("typing")[0] == {"receiver": "alice", "group": False, "username": "alice"}
    content = f"half a {uuid.uuid4()}"
    alice.call("saveDraft", {"receiver": "bob", "content": content})
    other.wait_for("change", lambda one: one["kind"] == "draft" and one["draft"]["content"] == content)
    assert [one for one in bob.received("change") if one["kind"] == "draft"] == []
    bob.call("changeSettings", {"sharesReads": False})
    own = nodes.arrive("bob", 0)
    sequence = alice.say("bob", "read this?")["response"]["sequence"]
    bob.call("markRead", {"receiver": "alice", "sequence": sequence})
    own.wait_for("receipt", lambda one: one["username"] == "bob" and one["readSequence"] == sequence)
    told = [one["readSequence"] for one in alice.received("receipt") if one["username"] == "bob"]
    assert not any(told), "alice learns of nothing that bob has read"
    bob.call("changeSettings", {"sharesReads": True})


def test_group_members_on_both_nodes_receive_every_message_in_order(nodes: Cluster) -> None:
    members = [nodes.arrive("alice", 0), nodes.arrive("bob", 1), nodes.arrive("carol", 0)]
    _wait_until_shown(members[0], "bob")
    _wait_until_shown(members[1], "carol")
    group = members[0].make_group("both nodes", "bob", "carol")
    for one in members:
        one.wait_for("newgrp", lambda told: "both nodes" in told["response"])
    talks = [threading.Thread(target=_say_all, args=(one, group)) for one in members]
    for talk in talks:
        talk.start()
    for talk in talks:
        talk.join()
    history = [(one["sequence"], one["content"]) for one in members[0].history(group, group=True, limit=500)]
    assert [sequence for sequence, _ in history] == list(range(1, 3 * MESSAGES + 1))
    for one in members:
        wait_until(lambda one=one: len(one.messages()) >= 3 * MESSAGES, "all of it arrives")
        assert [(message["sequence"], message["content"]) for message in one.messages()] == history
        own = [content for _, content in history if content.startswith(one.username)]
        assert own == [f"{one.username} {number}" for number in range(MESSAGES)]


def test_concurrent_first_messages_on_two_nodes_create_one_conversation(nodes: Cluster) -> None:
    for round_number in range(8):
        names = (f"user{uuid.uuid4().hex[:8]}", f"user{uuid.uuid4().hex[:8]}")
        for name in names:
            _add_user(nodes, name)
        left, right = nodes.arrive(names[0], 0), nodes.arrive(names[1], 1)
        together = threading.Barrier(2)
        acks: list[dict[str, object]] = []

        def say(person: Person, other: str, together: threading.Barrier = together, acks: list = acks) -> None:  # type: ignore[type-arg]
            together.wait()
            acks.append(person.say(other, "hello"))

        talks = [threading.Thread(target=say, args=args) for args in ((left, names[1]), (right, names[0]))]
        for talk in talks:
            talk.start()
        for talk in talks:
            talk.join()
        assert [ack["success"] for ack in acks] == [True, True], (round_number, acks)
        assert [one["sequence"] for one in left.history(names[1])] == [1, 2]


def test_presence_changes_are_announced_on_the_other_node(nodes: Cluster) -> None:
    alice = nodes.arrive("alice", 0)
    bob = nodes.arrive("bob", 1)
    alice.wait_for("onlineStatus", lambda one: one == {"username": "bob", "online": True})
    bob.disconnect()
    alice.wait_for("onlineStatus", lambda one: one == {"username": "bob", "online": False})


def test_a_user_on_two_nodes_goes_offline_after_leaving_both(nodes: Cluster) -> None:
    alice, visitor = nodes.arrive("alice", 0), nodes.visit("carol")
    here, there = nodes.arrive("bob", 0), nodes.arrive("bob", 1)
    assert online(visitor) == {"alice", "bob"}
    here.disconnect()
    # Presence changes arrive in order: carol's arrived, and bob was not announced as offline before it.
    carol = nodes.arrive("carol", 0)
    alice.wait_for("onlineStatus", lambda one: one == {"username": "carol", "online": True})
    assert {"username": "bob", "online": False} not in alice.received("onlineStatus")
    assert online(visitor) == {"alice", "bob", "carol"}
    assert alice.say("bob", "still there?")["response"]["deliveredToAll"] is True
    there.disconnect()
    alice.wait_for("onlineStatus", lambda one: one == {"username": "bob", "online": False})
    assert online(visitor) == {"alice", "carol"}
    assert alice.received("onlineStatus").count({"username": "bob", "online": True}) == 1
    carol.disconnect()


def test_a_user_who_moves_between_nodes_ends_up_online(nodes: Cluster) -> None:
    alice, visitor = nodes.arrive("alice", 0), nodes.visit("carol")
    for number in range(12):
        before = nodes.arrive("bob", number % 2)
        leaving = threading.Thread(target=before.disconnect)
        leaving.start()
        after = nodes.arrive("bob", (number + 1) % 2)
        leaving.join()
        wait_until(lambda: online(visitor) == {"alice", "bob"}, "bob is shown")
        wait_until(lambda: _last_presence(alice, "bob") is True, f"bob's last news is that he is there, {number}")
        after.disconnect()
        wait_until(lambda: online(visitor) == {"alice"}, "bob is gone")
        wait_until(lambda: _last_presence(alice, "bob") is False, f"bob's last news is that he is gone, {number}")


def test_a_sender_who_moves_between_nodes_receives_every_delivery_update_and_no_old_message(nodes: Cluster) -> None:
    names = (f"user{uuid.uuid4().hex[:8]}", f"user{uuid.uuid4().hex[:8]}")
    for name in names:
        _add_user(nodes, name)
    first = nodes.arrive(names[0], 0)
    said = [first.say(names[1], "from the first node")]
    first.disconnect()
    second = nodes.arrive(names[0], 1)
    said += [second.say(names[1], f"from the second node {number}") for number in range(2)]
    second.disconnect()
    again = nodes.arrive(names[0], 0)
    nodes.arrive(names[1], 1)
    for ack in said:
        wanted = ack["response"]["messageId"]
        again.wait_for(
            "updateDeliveryStatusOnConnection", lambda one, wanted=wanted: one["response"]["messageId"] == wanted
        )
    other = nodes.arrive(names[1], 1)
    other.say(names[0], "welcome back")
    again.wait_for_message("welcome back")
    assert [one["content"] for one in again.messages()] == ["welcome back"]


def test_a_node_that_was_considered_dead_reannounces_its_users(nodes: Cluster) -> None:
    alice, bob, visitor = nodes.arrive("alice", 0), nodes.arrive("bob", 1), nodes.visit("carol")
    _sql(nodes, "DELETE FROM presence", "DELETE FROM node")
    assert online(visitor) == set()
    carol = nodes.arrive("carol", 1)
    assert carol.say("bob", "hello")["success"] is True
    wait_until(lambda: online(visitor) == {"alice", "bob", "carol"}, "both nodes tell again who is there")
    _wait_until_shown(alice, "bob")
    assert alice.say("bob", "hello")["response"]["deliveredToAll"] is True
    assert bob.socket is not None


def test_the_users_of_a_killed_node_go_offline_and_can_connect_to_its_replacement(nodes: Cluster) -> None:
    alice, visitor = nodes.arrive("alice", 0), nodes.visit("carol")
    bob = nodes.arrive("bob", 1)
    _wait_until_shown(alice, "bob")
    assert alice.say("bob", "hello")["response"]["deliveredToAll"] is True
    nodes.nodes[1].kill()
    assert online(visitor) == {"alice", "bob"}
    # Simulates the time after which a silent process counts as dead.
    _sql(nodes, f"UPDATE node SET seen_at = seen_at - 15000000 WHERE name LIKE '%{nodes.nodes[1].ws.split(':')[-1]}'")
    assert online(visitor) == {"alice"}
    alice.wait_for("onlineStatus", lambda one: one == {"username": "bob", "online": False})
    assert alice.say("bob", "are you there?")["response"]["deliveredToAll"] is False
    nodes.starter(nodes.nodes[1])()
    again = nodes.arrive("bob", 1)
    alice.wait_for("updateDeliveryStatusOnConnection")
    _wait_until_shown(alice, "bob")
    assert alice.say("bob", "welcome back")["response"]["deliveredToAll"] is True
    assert [one["content"] for one in again.messages()] == ["welcome back"]
    bob.disconnect()


def test_signing_out_closes_sockets_on_every_node(nodes: Cluster) -> None:
    alice = nodes.arrive("alice", 1)
    other = Person(nodes.nodes[0], "alice")
    other.token, other.http = alice.token, alice.http
    other.connect()
    assert alice.post("/logout", {}).status_code == 200
    for one in (alice, other):
        one.wait_for("token-expired")
    other.disconnect()


def _add_user(nodes: Cluster, name: str) -> None:
    _sql(
        nodes,
        'INSERT INTO "user" (username, first_name, last_name, is_active, created_at) '
        f"VALUES ('{name}', '{name}', '', true, 0)",
    )


def _say_all(person: Person, group: str) -> None:
    for number in range(MESSAGES):
        ack = person.say(group, f"{person.username} {number}", group=True)
        assert (ack["success"], ack["response"]["deliveredToAll"]) == (True, True)


def _wait_until_shown(person: Person, username: str) -> None:
    """An ack waits only for users whom its node knows to be online, and presence reaches the other node later."""
    wait_until(lambda: _last_presence(person, username) is True, f"{person.username} hears that {username} is there")


def _last_presence(person: Person, username: str) -> bool | None:
    told = [one["online"] for one in person.received("onlineStatus") if one["username"] == username]
    return told[-1] if told else None


def _sql(nodes: Cluster, *statements: str) -> None:
    url = nodes.http.environment["CHATAPP_DATABASE_URL"].replace("postgresql+psycopg2", "postgresql")
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


def test_a_guest_hears_only_of_those_whom_they_see_whichever_node_they_are_on(nodes: Cluster) -> None:
    name = f"gus.{uuid.uuid4().hex[:8]}"
    assert nodes.command("users", "add", name, "--no-password", "--role", "guest").returncode == 0
    bob, carol = nodes.arrive("bob", 1), nodes.arrive("carol", 1)
    group = bob.make_group("With a guest", name)
    guests = [nodes.arrive(name, 0), nodes.arrive(name, 1)]
    carol.call("typing", {"receiver": "bob"})
    for error in (
        guests[0].call("typing", {"receiver": "mallory"}),
        guests[0].say("mallory", "psst"),
        guests[0].call("findGroups", {"name": ""}),
    ):
        assert error["success"] is False, error
    assert guests[0].call("typing", {"receiver": "bob"})["success"] is True
    # mallory shares nothing with the guest, and blocks them; bob does, and everybody else hears of both.
    headers = {"auth-token": (mallory := nodes.arrive("mallory", 1)).token}
    text = uuid.uuid4().hex
    for person in (mallory, bob):
        answer = person.http.patch(
            person.server.http + "/profile", json={"statusText": text}, headers={"auth-token": person.token}
        )
        assert answer.status_code == 200
    block = mallory.http.put(mallory.server.http + f"/block/{name}", json={"on": True}, headers=headers)
    assert block.status_code == 200
    mallory.disconnect()
    carol.wait_for("profile", lambda one: (one["username"], one["statusText"]) == ("mallory", text))
    carol.wait_for("onlineStatus", lambda one: one == {"username": "mallory", "online": False})
    bob.disconnect()
    for guest in guests:
        guest.wait_for("profile", lambda one: (one["username"], one["statusText"]) == ("bob", text))
        guest.wait_for("onlineStatus", lambda one: one == {"username": "bob", "online": False})
        seen = guest.received("onlineStatus") + guest.received("profile")
        assert {one["username"] for one in seen} <= {"bob", name}
    # Who joins the group is seen from then on.
    nodes.arrive("bob", 0).post(f"/group/{group}/members", {"users": [{"username": "carol"}]})
    for guest in guests:
        guest.wait_for("change", lambda one: one["kind"] == "members" and one["receiver"] == group)
    carol.disconnect()
    for guest in guests:
        guest.wait_for("onlineStatus", lambda one: one == {"username": "carol", "online": False})


def _type_until_heard(typist: Person, viewer: Person) -> None:
    """Says it again and again, as a client does while its user types: typing is not stored, and a bus may lose it."""
    typed_at = 0.0

    def is_heard() -> bool:
        nonlocal typed_at
        if time.monotonic() - typed_at > TYPING_SECONDS:
            typed_at = time.monotonic()
            typist.call("typing", {"receiver": viewer.username})
        return bool(viewer.received("typing"))

    wait_until(is_heard, "typing is heard")
