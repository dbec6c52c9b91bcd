"""A PostgreSQL whose disk is full, or that can only be read, while people write to each other."""

import random
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.faults.disks import filled, small_disk
from tests.faults.own_postgres import OwnPostgres, own_postgres
from tests.faults.refused_sends import (
    check_that_a_retry_is_stored_once,
    check_that_reads_go_on,
    check_the_end,
    say_until_refused,
)
from tests.people import Person
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


def database_on(postgres: OwnPostgres, disk: Path) -> str:
    """The URL of an empty database whose tables are on this disk, and its log is not."""
    tables = disk / "tables"
    tables.mkdir()
    if postgres.system_user is not None:
        shutil.chown(tables, postgres.system_user)
    postgres.execute(f"CREATE TABLESPACE small LOCATION '{tables}'", "CREATE DATABASE on_small TABLESPACE small")
    return make_url(postgres.url).set(database="on_small").render_as_string(hide_password=False)


def paragraph() -> str:
    """A text that PostgreSQL cannot compress much."""
    return random.Random(uuid.uuid4().int).randbytes(PARAGRAPH_CHARACTERS // 2).hex()


@pytest.mark.slow
def test_on_a_full_disk_senders_are_told_readers_go_on_and_room_mends_it(
    start: Callable[..., Server], postgres: OwnPostgres, disk: Path
) -> None:
    server = start(database_on(postgres, disk), CHATAPP_DELIVERY_ACK_WINDOW=0)
    alice, bob = Person(server, "alice").connect(), Person(server, "bob").connect()
    assert alice.say("bob", "before")["success"] is True
    with filled(disk):
        refused, client_id = say_until_refused(alice, "bob", paragraph)
        assert refused["error"]["details"] == {"reason": "disk_full", "retryAfter": 5}
        assert "disk is full" in refused["response"]
        check_that_reads_go_on(server, bob, client_id)
    check_that_a_retry_is_stored_once(alice, bob, client_id, "again")
    check_the_end(server, alice, bob)
    assert 1 <= server.log.count("The server's disk is full") <= FEW_LOG_LINES


@pytest.mark.slow
def test_while_it_can_only_be_read_senders_are_told_and_readers_go_on(
    start: Callable[..., Server], postgres: OwnPostgres
) -> None:
    server = start(postgres.url, CHATAPP_DELIVERY_ACK_WINDOW=0)
    alice, bob = Person(server, "alice").connect(), Person(server, "bob").connect()
    assert alice.say("bob", "before")["success"] is True
    reload = "SELECT pg_reload_conf()"
    postgres.execute("ALTER SYSTEM SET default_transaction_read_only = on", reload)
    refused, client_id = say_until_refused(alice, "bob", paragraph)
    assert refused["error"]["details"] == {"reason": "read_only", "retryAfter": 5}
    check_that_reads_go_on(server, bob, client_id)
    postgres.execute("ALTER SYSTEM RESET default_transaction_read_only", reload)
    check_that_a_retry_is_stored_once(alice, bob, client_id, "again")
    check_the_end(server, alice, bob)
