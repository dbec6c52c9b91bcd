"""A disk that is full or slow, while people write to each other."""

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.faults.conversation_under_fault import emit
from tests.faults.disks import FAILING_SYNCS, READ_ONLY, SLOW_SYNCS, SYNC_SECONDS, FaultyDisk, filled, small_disk
from tests.people import Person, wait_until
from tests.servers import Server

MEGABYTES = 24
LARGE = "x" * 60_000
FEW_LOG_LINES = 3


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", MEGABYTES) as found:
        yield found


def say_until_refused(person: Person, receiver: str) -> tuple[dict[str, Any], str]:
    """The first failure ack, and the client id of its message. The log of the database has some room of its own."""
    for _ in range(200):
        client_id = str(uuid.uuid4())
        ack = person.say(receiver, LARGE, clientId=client_id)
        if not ack["success"]:
            return ack, client_id
    raise AssertionError("Nothing was refused on a full disk")


def test_on_a_full_disk_senders_are_told_readers_go_on_and_room_mends_it(
    start: Callable[..., Server], disk: Path
) -> None:
    server = start(f"sqlite:///{disk / 'chat.db'}", CHATAPP_DELIVERY_ACK_WINDOW=0)
    alice, bob = Person(server, "alice").connect(), Person(server, "bob").connect()
    carol = Person(server, "carol")
    assert alice.say("bob", "before")["success"] is True
    with filled(disk):
        refused, client_id = say_until_refused(alice, "bob")
        assert refused["error"]["code"] == "unavailable"
        assert refused["error"]["details"] == {"reason": "disk_full", "retryAfter": 5}
        assert "disk is full" in refused["response"]
        answer = alice.post("/messages", {"receiver": "bob", "content": LARGE, "clientId": client_id})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        for _ in range(20):
            assert alice.say("bob", LARGE)["success"] is False
        stored = bob.history("alice", limit=500)
        assert stored[0]["content"] == "before"
        assert client_id not in {one["clientId"] for one in stored}
        assert requests.get(server.http + "/readyz", timeout=5).status_code == 200
        assert carol.connect().call("sync", {})["success"] is True
    # As the outbox of a client does: the same message again, and the server was not started anew.
    wait_until(lambda: alice.say("bob", LARGE, clientId=client_id)["success"], "there is room again")
    history = bob.history("alice", limit=500)
    assert [one["sequence"] for one in history] == list(range(1, len(history) + 1))
    assert [one["clientId"] for one in history].count(client_id) == 1
    wait_until(lambda: "The database can be written again" in server.log, "the log says that it is over")
    assert 1 <= server.log.count("The server's disk is full") <= FEW_LOG_LINES
    bob.wait_for("onlineStatus", lambda one: one == {"username": "carol", "online": True})
    for person in (alice, bob, carol):
        person.disconnect()
    assert server.stop() == 0
    assert "Traceback" not in server.log


@pytest.fixture
def faulty(tmp_path: Path) -> FaultyDisk:
    return FaultyDisk(tmp_path, tmp_path.parent / f"{tmp_path.name}-faults")


@pytest.mark.parametrize("fault", [READ_ONLY, FAILING_SYNCS])
def test_a_disk_that_stores_nothing_is_told_to_senders_and_readers_go_on(
    start: Callable[..., Server], faulty: FaultyDisk, sqlite_url: str, fault: str
) -> None:
    server = start(sqlite_url, CHATAPP_DELIVERY_ACK_WINDOW=0, **faulty.settings)
    alice, bob = Person(server, "alice").connect(), Person(server, "bob").connect()
    assert alice.say("bob", "before")["success"] is True
    client_id = str(uuid.uuid4())
    with faulty.has(fault):
        for _ in range(3):
            refused = alice.say("bob", "meanwhile", clientId=client_id)
            assert refused["success"] is False
            assert refused["error"]["code"] == "unavailable"
            # SQLite calls it read-only where it opens the file, and an error of the disk where the file was open.
            assert refused["error"]["details"].pop("reason") in ("disk_error", "read_only")
            assert refused["error"]["details"] == {"retryAfter": 5}
        assert [one["content"] for one in bob.history("alice")] == ["before"]
    wait_until(lambda: alice.say("bob", "meanwhile", clientId=client_id)["success"], "it is stored")
    for _ in range(10):
        assert alice.say("bob", "after")["success"] is True
        assert bob.say("alice", "after")["success"] is True
    history = bob.history("alice")
    assert [one["sequence"] for one in history] == list(range(1, len(history) + 1))
    assert [one["clientId"] for one in history].count(client_id) == 1
    for person in (alice, bob):
        person.disconnect()
    assert server.stop() == 0
    assert "Traceback" not in server.log


def test_slow_syncs_delay_acks_and_nobody_else(
    start: Callable[..., Server], faulty: FaultyDisk, sqlite_url: str
) -> None:
    server = start(sqlite_url, CHATAPP_DELIVERY_ACK_WINDOW=0, **faulty.settings)
    with faulty.has(SLOW_SYNCS):
        _write_and_ask(server)
    assert server.stop() == 0


def _write_and_ask(server: Server) -> None:
    alice, bob = Person(server, "alice").connect(), Person(server, "bob").connect()
    began = time.monotonic()
    assert alice.say("bob", "first")["success"] is True
    assert time.monotonic() - began >= SYNC_SECONDS, "the syncs are not slow"
    began = time.monotonic()
    acks = [emit(alice, receiver="bob", content=f"message {number}") for number in range(50)]
    slowest = 0.0
    while not all(ack.done() for ack in acks):
        asked_at = time.monotonic()
        assert requests.get(server.http + "/healthz", timeout=5).status_code == 200
        slowest = max(slowest, time.monotonic() - asked_at)
    # Many messages share a sync, and no request waits for one.
    assert time.monotonic() - began < 50 * SYNC_SECONDS / 2
    assert slowest < 2 * SYNC_SECONDS + 0.5
    assert all(ack.result()["success"] for ack in acks)
    assert [one["sequence"] for one in bob.history("alice")] == list(range(1, 52))
    for person in (alice, bob):
        person.disconnect()
