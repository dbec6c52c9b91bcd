"""One real server for the whole folder, and users whom no other test uses."""

import sys
from collections.abc import Callable, Iterator

import pytest

from tests.databases import Databases
from tests.people import NEWCOMERS, Person
from tests.realtime.wire import Wire
from tests.servers import Server

Wires = Callable[..., Wire]


def start_server(folder_factory: pytest.TempPathFactory, databases: Databases, **settings: object) -> Server:
    """Starts a server with enough demo users for all tests. Keyword arguments are environment variables."""
    command = [sys.executable, "-m", "chatapp", "serve", "--demo", str(NEWCOMERS)]
    folder = folder_factory.mktemp("instance")
    return Server(folder, command, CHATAPP_DATABASE_URL=databases.new(), **settings).start()


@pytest.fixture(scope="package")
def server(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Shared by the whole folder. A test must not change state that other tests depend on."""
    started = start_server(tmp_path_factory, databases)
    yield started
    assert started.stop() == 0, started.log
    assert "Traceback" not in started.log, started.log


@pytest.fixture(scope="package")
def hasty_server(sqlite_only: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with short timeouts, so that a test can wait for them."""
    started = start_server(
        tmp_path_factory,
        sqlite_only,
        CHATAPP_DELIVERY_ACK_WINDOW=0.4,
        CHATAPP_JOIN_TIMEOUT=0.6,
        CHATAPP_PING_INTERVAL=1,
        CHATAPP_PING_TIMEOUT=1,
    )
    yield started
    assert started.stop() == 0, started.log


@pytest.fixture
def wires() -> Iterator[Wires]:
    """`wires(alice)` is a joined connection of alice's. Further arguments are passed to Wire."""
    open_ones: list[Wire] = []

    def join(person: Person, **options: object) -> Wire:
        open_ones.append(Wire(person.server, person.token, **options))
        return open_ones[-1].joined() if options.get("joins", True) else open_ones[-1]

    yield join
    for wire in open_ones:
        wire.close()
