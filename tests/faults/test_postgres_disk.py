"""A PostgreSQL whose disk is full, or that can only be read, while people write to each other."""

import random
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import requests
from sqlalchemy.engine import make_url

from tests.faults.disks import filled, small_disk
from tests.faults.own_postgres import OwnPostgres, own_postgres
from tests.people import Person, wait_until
from tests.servers import Server

MEGABYTES = 64
PARAGRAPH_CHARACTERS = 20_000
FEW_LOG_LINES = 3


@pytest.fixture
def postgres() -> Iterator[OwnPostgres]:
    with own_postgres() as server:
        yield server


@pytest.fixture
def disk() -> Iterator[Path]:
    """Not under the folder of the test, which the user of PostgreSQL may not enter."""
    folder = Path(tempfile.mkdtemp(prefix="chatapp-disk-"))
    folder.chmod(0o755)
    with small_disk(folder / "disk", MEGABYTES) as found:
        yield found
    shutil.rmtree(folder)


def administer(url: str, *statements: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    for statement in statements:
        connection.cursor().execute(statement)
    connection.close()


def database_on(postgres: OwnPostgres, disk: Path) -> str:
    """The URL of an empty database whose tables are on this disk, and its log is not."""
    tables = disk / "tables"
    tables.mkdir()
    if postgres.system_user is not None:
        shutil.chown(tables, postgres.system_user)
    administer(
        postgres.url, f"CREATE TABLESPACE small LOCATION '{tables}'", "CREATE DATABASE on_small TABLESPACE small"
    )
    return make_url(postgres.url).set(database="on_small").render_as_string(hide_password=False)


def paragraph() -> str:
    """A text that PostgreSQL cannot compress much."""
    return random.Random(uuid.uuid4().int).randbytes(PARAGRAPH_CHARACTERS // 2).hex()


def say_until_refused(person: Person, receiver: str) -> tuple[dict[str, Any], str]:
    """The first failure ack, and the client id of its message."""
    for _ in range(100):
        client_id = str(uuid.uuid4())
        ack = person.say(receiver, paragraph(), clientId=client_id)
        if not ack["success"]:
            return ack, client_id
    raise AssertionError("Nothing was refused")


def check_meanwhile(server: Server, bob: Person, client_id: str) -> None:
    """What was refused is not stored, and reads go on."""
    stored = bob.history("alice", limit=500)
    assert stored[0]["content"] == "before"
    assert client_id not in {one["clientId"] for one in stored}
    assert requests.get(server.http + "/readyz", timeout=5).status_code == 200


def check_afterwards(server: Server, alice: Person, bob: Person, client_id: str) -> None:
    wait_until(lambda: alice.say("bob", "again", clientId=client_id)["success"], "it can be stored")
    history = bob.history("alice", limit=500)
    assert [one["sequence"] for one in history] == list(range(1, len(history) + 1))
    assert [one["clientId"] for one in history].count(client_id) == 1
    wait_until(lambda: "The database can be written again" in server.log, "the log says that it is over")
    for person in (alice, bob):
        person.disconnect()
    assert server.stop() == 0
    assert "Traceback" not in server.log


def test_on_a_full_disk_senders_are_told_readers_go_on_and_room_mends_it(
    start: Callable[..., Server], postgres: OwnPostgres, disk: Path
) -> None:
    server = start(database_on(postgres, disk), CHATAPP_DELIVERY_ACK_WINDOW=0)
    alice, bob = Person(server, "alice").connect(), Person(server, "bob").connect()
    assert alice.say("bob", "before")["success"] is True
    with filled(disk):
        refused, client_id = say_until_refused(alice, "bob")
        assert refused["error"]["details"] == {"reason": "disk_full", "retryAfter": 5}
        assert "disk is full" in refused["response"]
        check_meanwhile(server, bob, client_id)
    check_afterwards(server, alice, bob, client_id)
    assert 1 <= server.log.count("The server's disk is full") <= FEW_LOG_LINES


def test_while_it_can_only_be_read_senders_are_told_and_readers_go_on(
    start: Callable[..., Server], postgres: OwnPostgres
) -> None:
    server = start(postgres.url, CHATAPP_DELIVERY_ACK_WINDOW=0)
    alice, bob = Person(server, "alice").connect(), Person(server, "bob").connect()
    assert alice.say("bob", "before")["success"] is True
    reload = "SELECT pg_reload_conf()"
    administer(postgres.url, "ALTER SYSTEM SET default_transaction_read_only = on", reload)
    refused, client_id = say_until_refused(alice, "bob")
    assert refused["error"]["details"] == {"reason": "read_only", "retryAfter": 5}
    check_meanwhile(server, bob, client_id)
    administer(postgres.url, "ALTER SYSTEM RESET default_transaction_read_only", reload)
    check_afterwards(server, alice, bob, client_id)
