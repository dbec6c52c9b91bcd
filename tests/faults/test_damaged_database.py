"""Database files that a server cannot use, or not all of: it says so, and makes nothing worse."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.disks import read_only, small_disk
from tests.people import Person, wait_until
from tests.servers import SOCKETS, Server

PAGE_BYTES = 4096


@pytest.fixture
def stopped(start: Callable[..., Server], sqlite_url: str) -> Server:
    """A server that has stopped in order, with two conversations of some pages each."""
    server = start(sqlite_url)
    alice = Person(server, "alice")
    for receiver in ("carol", "bob"):
        for number in range(12):
            body = {"receiver": receiver, "content": f"{receiver} {number} " + "x" * 3_000}
            assert alice.post("/messages", body).status_code == 200
    assert server.stop() == 0
    return server


def database_of(server: Server) -> Path:
    return Path(server.environment["CHATAPP_DATABASE_URL"].removeprefix("sqlite:///"))


def refusal_of(server: Server) -> str:
    """Asserts that the server ends by itself, with a sentence and no traceback. Returns what it has said."""
    before = len(server.log)
    with pytest.raises(AssertionError, match="The server ended with 1"):
        server.start()
    said = server.log[before:]
    assert "Traceback" not in said
    assert said.startswith("Error: ")
    assert "CHATAPP_DATABASE_URL" in said
    return said


def test_a_damaged_header_is_refused_and_left_alone(stopped: Server) -> None:
    path = database_of(stopped)
    content = random.Random(1).randbytes(100) + path.read_bytes()[100:]
    path.write_bytes(content)
    assert "restore it from a backup" in refusal_of(stopped)
    assert path.read_bytes() == content


def test_the_socket_side_alone_refuses_a_damaged_header_by_the_same_sentence(
    start: Callable[..., Server], sqlite_url: str
) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    content = random.Random(1).randbytes(8 * PAGE_BYTES)
    path.write_bytes(content)
    with pytest.raises(AssertionError, match="The server ended with 1") as caught:
        start(sqlite_url, command=SOCKETS)
    assert "Error: The database cannot be used" in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert path.read_bytes() == content


def test_a_database_of_a_newer_version_is_refused_and_left_alone(stopped: Server) -> None:
    path = database_of(stopped)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    content = path.read_bytes()
    assert "newer version of chatapp, at revision 9999" in refusal_of(stopped)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_left_alone(stopped: Server) -> None:
    path = database_of(stopped)
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE photo (id INTEGER)")
        connection.commit()
    content = path.read_bytes()
    assert "a database of something else" in refusal_of(stopped)
    assert path.read_bytes() == content


def test_the_log_of_a_lost_database_is_kept(stopped: Server) -> None:
    path = database_of(stopped)
    log = path.with_name(f"{path.name}-wal")
    log.write_bytes(b"what is left")
    for is_there in (True, False):
        path.write_bytes(b"")
        if not is_there:
            path.unlink()
        assert "is missing or empty, but its log" in refusal_of(stopped)
        assert log.read_bytes() == b"what is left"


def test_a_file_that_can_only_be_read_is_refused_until_it_can_be_written(
    start: Callable[..., Server], tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 16) as disk:
        server = start(f"sqlite:///{disk / 'chat.db'}")
        assert server.stop() == 0
        content = (disk / "chat.db").read_bytes()
        with read_only(disk):
            assert "can only be read" in refusal_of(server)
        assert (disk / "chat.db").read_bytes() == content
        server.start()
        assert Person(server, "alice").post("/messages", {"receiver": "bob", "content": "hello"}).status_code == 200
        assert server.stop() == 0


@pytest.mark.slow
def test_a_damaged_page_fails_where_it_is_read_and_nowhere_else(stopped: Server) -> None:
    path = database_of(stopped)
    with closing(sqlite3.connect(path)) as connection:
        # The newest message of each conversation is to be indexed once more.
        connection.execute("UPDATE search_position SET revision = revision - 1")
        connection.commit()
    content = bytearray(path.read_bytes())
    at = content.index(b"bob 11 ") // PAGE_BYTES * PAGE_BYTES
    content[at : at + PAGE_BYTES] = random.Random(1).randbytes(PAGE_BYTES)
    path.write_bytes(content)
    stopped.start()
    alice = Person(stopped, "alice").connect()
    damaged = alice.get("/messages/alice/bob", params={"limit": 100})
    assert (damaged.status_code, damaged.json()["error"]["code"]) == (503, "unavailable")
    assert damaged.json()["error"]["details"]["reason"] == "damaged"
    assert [one["sequence"] for one in alice.history("carol")] == list(range(1, 13))
    assert alice.say("carol", "still here")["success"] is True
    wait_until(lambda: "cannot be indexed for the search" in stopped.log, "the indexer leaves the damaged page aside")
    wait_until(lambda: len(alice.get("/search", params={"q": "still"}).json()["hits"]) == 1, "the others are indexed")
    alice.disconnect()
    assert stopped.stop() == 0
    assert "Traceback" not in stopped.log
    assert stopped.log.count("cannot be indexed for the search") == 1
    assert path.read_bytes()[at : at + PAGE_BYTES] == content[at : at + PAGE_BYTES], "the page was written over"
