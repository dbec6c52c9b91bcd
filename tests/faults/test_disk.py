"""A disk that is full or slow, while people write to each other."""

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.faults.conversation_under_fault import emit
from tests.faults.disks import FAILING_SYNCS, READ_ONLY, SLOW_SYNCS, SYNC_SECONDS, FaultyDisk, filled, small_disk
from tests.faults.refused_sends import (
    check_that_a_retry_is_stored_once,
    check_that_reads_go_on,
    check_the_end,
    say_until_refused,
)
from tests.people import Person
from tests.servers import Server

MEGABYTES = 24
LARGE = "x" * 60_000
FEW_LOG_LINES = 3


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", MEGABYTES) as found:
        yield found


def test_on_a_full_disk_senders_are_told_readers_go_on_and_room_mends_it(
    start: Callable[..., Server], disk: Path
) -> None:
    server = start(f"sqlite:///{disk / 'chat.db'}", CHATAPP_DELIVERY_ACK_WINDOW=0)
    alice, bob = Person(server, "alice").connect(), Person(server, "bob").connect()
    carol = Person(server, "carol")
    assert alice.say("bob", "before")["success"] is True
    with filled(disk):
        refused, client_id = say_until_refused(alice, "bob", lambda: LARGE)
        assert refused["error"]["code"] == "unavailable"
        assert refused["error"]["details"] == {"reason": "disk_full", "retryAfter": 5}
        assert "disk is full" in refused["response"]
        answer = alice.post("/messages", {"receiver": "bob", "content": LARGE, "clientId": client_id})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        for _ in range(20):
            assert alice.say("bob", LARGE)["success"] is False
        check_that_reads_go_on(server, bob, client_id)
        assert carol.connect().call("sync", {})["success"] is True
    check_that_a_retry_is_stored_once(alice, bob, client_id, LARGE)
    bob.wait_for("onlineStatus", lambda one: one == {"username": "carol", "online": True})
    check_the_end(server, alice, bob, carol)
    assert 1 <= server.log.count("The server's disk is full") <= FEW_LOG_LINES


@pytest.fixture
def faulty(tmp_path: Path) -> FaultyDisk:
    return FaultyDisk(tmp_path, tmp_path.parent / f"{tmp_path.name}-faults")


@pytest.mark.slow
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
    check_that_a_retry_is_stored_once(alice, bob, client_id, "meanwhile")
    for _ in range(10):
        assert alice.say("bob", "after")["success"] is True
        assert bob.say("alice", "after")["success"] is True
    assert [one["sequence"] for one in bob.history("alice")] == list(range(1, 23))
    check_the_end(server, alice, bob)


@pytest.mark.slow
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
