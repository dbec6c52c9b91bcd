"""Another process holds SQLite's write lock for a while, or the disk is full."""

import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from sqlalchemy.engine import make_url

from tests.faults.conversation_under_fault import emit
from tests.people import Person
from tests.servers import Server

HELD_SECONDS = 3.0


@pytest.fixture(scope="module")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('locked') / 'chat.db'}"


@pytest.fixture(scope="module")
def server(sqlite_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("instance"), CHATAPP_DATABASE_URL=sqlite_url).start()
    yield started
    assert started.stop() == 0
    assert "Traceback" not in started.log


@contextmanager
def write_lock(url: str) -> Iterator[None]:
    other = sqlite3.connect(str(make_url(url).database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_a_locked_file_delays_a_message_and_does_not_block_other_requests(server: Server, sqlite_url: str) -> None:
    alice, bob = Person(server, "alice").connect(), Person(server, "bob").connect()
    assert alice.say("bob", "before")["success"] is True
    with write_lock(sqlite_url):
        locked_at = time.monotonic()
        ack = emit(alice, receiver="bob", content="meanwhile")
        while time.monotonic() < locked_at + HELD_SECONDS:
            asked_at = time.monotonic()
            assert [one["content"] for one in bob.history("alice")] == ["before"]
            assert requests.get(server.http + "/readyz", timeout=5).status_code == 200
            # This refusal needs no write, so it shows that the event loop runs.
            assert bob.call("privateMessage", {"sender": "mallory"})["success"] is False
            assert time.monotonic() - asked_at < HELD_SECONDS / 2, "the event loop stood still"
        assert not ack.done()
    assert ack.result(timeout=8)["success"] is True
    assert bob.wait_for_message("meanwhile")["sequence"] == 2
    for person in (alice, bob):
        person.disconnect()


def test_history_can_be_read_while_watermarks_wait_for_a_locked_file(server: Server, sqlite_url: str) -> None:
    carol = Person(server, "carol").connect()
    user0 = Person(server, "user0")
    assert carol.say("user0", "before")["response"]["deliveredToAll"] is False
    with write_lock(sqlite_url):
        # The watermark of carol's earlier message may not be written yet.
        asked_at = time.monotonic()
        emit(carol, receiver="user0", content="meanwhile")
        assert [one["content"] for one in carol.history("user0")] == ["before"]
        assert time.monotonic() - asked_at < 3
    user0.connect()
    user0.disconnect()
    carol.disconnect()


def test_writes_fail_with_unavailable_on_a_full_disk_and_succeed_after_it(server: Server, sqlite_url: str) -> None:
    sender, reader = Person(server, "user1").connect(), Person(server, "user2").connect()
    assert sender.say("user2", "before")["success"] is True
    with full_disk(server, sqlite_url):
        refused = sender.say("user2", "x" * 60_000, clientId=CLIENT_ID)
        assert (refused["success"], refused["error"]["code"]) == (False, "unavailable")
        assert [one["content"] for one in reader.history("user1")] == ["before"]
    accepted = sender.say("user2", "x" * 60_000, clientId=CLIENT_ID)
    assert (accepted["success"], accepted["response"]["sequence"]) == (True, 2)
    assert sender.say("user2", "after")["response"]["sequence"] == 3
    reader.wait_for_message("after")
    for person in (sender, reader):
        person.disconnect()


CLIENT_ID = "7b0a8a5e-6f0b-4d0c-9a53-3a1f6e2f2c11"


@contextmanager
def full_disk(server: Server, url: str) -> Iterator[None]:
    """Limits the file size of the server, which SQLite reports like a full disk."""
    assert server.process is not None
    log = Path(f"{make_url(url).database}-wal")
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (log.stat().st_size, hard))
    try:
        yield
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
