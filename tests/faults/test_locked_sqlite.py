"""Another process holds SQLite's write lock for a while; and the disk has no room."""

import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from sqlalchemy.engine import make_url

from tests.faults.talk import emit
from tests.people import Person
from tests.servers import Server

HELD_SECONDS = 1.0


@contextmanager
def write_lock(url: str) -> Iterator[None]:
    other = sqlite3.connect(str(make_url(url).database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_while_the_file_is_locked_others_are_served_and_the_message_is_stored_after(
    start: Callable[..., Server], sqlite_url: str
) -> None:
    server = start(sqlite_url)
    alice, bob = Person(server, "alice").connect(), Person(server, "bob").connect()
    assert alice.say("bob", "before")["success"] is True
    with write_lock(sqlite_url):
        locked_at = time.monotonic()
        ack = emit(alice, receiver="bob", content="meanwhile")
        while time.monotonic() < locked_at + HELD_SECONDS:
            asked_at = time.monotonic()
            assert [one["content"] for one in bob.history("alice")] == ["before"]
            assert requests.get(server.http + "/readyz", timeout=5).status_code == 200
            # A socket that needs no write of its own: an answer from the hub.
            assert bob.call("privateMessage", {"sender": "mallory"})["success"] is False
            assert time.monotonic() - asked_at < HELD_SECONDS / 2, "the hub stood still"
        assert not ack.done()
    assert ack.result(timeout=8)["success"] is True
    assert bob.wait_for_message("meanwhile")["sequence"] == 2
    for person in (alice, bob):
        person.disconnect()
    assert server.stop() == 0
    assert "Traceback" not in server.log


def test_history_is_read_while_ticks_wait_for_a_locked_file(start: Callable[..., Server], sqlite_url: str) -> None:
    server = start(sqlite_url)
    alice = Person(server, "alice").connect()
    bob = Person(server, "bob")
    assert alice.say("bob", "before")["response"]["deliveredToAll"] is False
    with write_lock(sqlite_url):
        # bob's arrival is a tick to be written, and then a place in the list of who is online.
        asked_at = time.monotonic()
        emit(alice, receiver="bob", content="meanwhile")
        assert [one["content"] for one in alice.history("bob")] == ["before"]
        assert time.monotonic() - asked_at < 3
    bob.connect()
    bob.disconnect()
    alice.disconnect()


def test_a_full_disk_is_unavailable_and_work_goes_on_when_there_is_room(
    start: Callable[..., Server], sqlite_url: str
) -> None:
    server = start(sqlite_url)
    alice, bob = Person(server, "alice").connect(), Person(server, "bob").connect()
    assert alice.say("bob", "before")["success"] is True
    with no_room(server, sqlite_url):
        refused = alice.say("bob", "x" * 60_000, clientId=CLIENT_ID)
        assert (refused["success"], refused["error"]["code"]) == (False, "unavailable")
        assert [one["content"] for one in bob.history("alice")] == ["before"]
    accepted = alice.say("bob", "x" * 60_000, clientId=CLIENT_ID)
    assert (accepted["success"], accepted["response"]["sequence"]) == (True, 2)
    assert alice.say("bob", "after")["response"]["sequence"] == 3
    bob.wait_for_message("after")
    for person in (alice, bob):
        person.disconnect()


CLIENT_ID = "7b0a8a5e-6f0b-4d0c-9a53-3a1f6e2f2c11"


@contextmanager
def no_room(server: Server, url: str) -> Iterator[None]:
    """The server's files cannot grow: what a full disk looks like to SQLite."""
    assert server.process is not None
    log = Path(f"{make_url(url).database}-wal")
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (log.stat().st_size, hard))
    try:
        yield
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
