"""One server with object counters for the whole folder, and users whom no other test uses."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chatapp import close_app, create_app
from chatapp.actions.accounts import NewUser, add_users
from tests.databases import Databases
from tests.engine.counted_servers import COMMANDS, Observed
from tests.engine.raw_websocket import Raw
from tests.people import NEWCOMERS
from tests.servers import Server

EVENTLET = [sys.executable, "-m", "chatapp", "serve", "--demo", str(NEWCOMERS)]

Raws = Callable[..., Raw]


@pytest.fixture(scope="package")
def server(sqlite_only: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that most tests of the transport share."""
    started = Server(tmp_path_factory.mktemp("instance"), EVENTLET, CHATAPP_DATABASE_URL=sqlite_only.new()).start()
    yield started
    assert started.stop() == 0, started.log
    assert "Traceback" not in started.log, started.log


@pytest.fixture(scope="package")
def hasty_server(sqlite_only: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that expects an answer to its heartbeats within a second."""
    folder = tmp_path_factory.mktemp("instance")
    settings = {"CHATAPP_PING_INTERVAL": 1, "CHATAPP_PING_TIMEOUT": 1, "CHATAPP_JOIN_TIMEOUT": 1}
    started = Server(folder, EVENTLET, CHATAPP_DATABASE_URL=sqlite_only.new(), **settings).start()
    yield started
    assert started.stop() == 0, started.log
    assert "Traceback" not in started.log, started.log


@pytest.fixture
def raws(server: Server) -> Iterator[Raws]:
    """`raws()` opens a plain TCP connection. Further arguments are those of Raw, and `on`."""
    made: list[Raw] = []

    def connect(on: Server = server, **options: int) -> Raw:
        made.append(Raw(on, **options))
        return made[-1]

    yield connect
    for one in made:
        one.drop()


@pytest.fixture(scope="package", params=COMMANDS)
def observed(
    request: pytest.FixtureRequest, sqlite_only: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Observed]:
    """Each kind of server, with short heartbeats."""
    folder = tmp_path_factory.mktemp("observed")
    settings = {"CHATAPP_PING_INTERVAL": 1, "CHATAPP_PING_TIMEOUT": 5}  # opening 170 connections takes a while
    started = Observed(request.param, folder, with_users(sqlite_only.new(), folder), **settings)
    yield started
    assert started.stop() == 0, started.server.log
    assert "Traceback" not in started.server.log, started.server.log


@pytest.fixture(params=COMMANDS)
def observed_once(request: pytest.FixtureRequest, sqlite_only: Databases, tmp_path: Path) -> Iterator[Observed]:
    """Each kind of server, for a test that ends it."""
    started = Observed(request.param, tmp_path, with_users(sqlite_only.new(), tmp_path))
    yield started
    started.stop()


def with_users(url: str, instance: Path) -> str:
    """Adds user0, user1, ... to a database, for servers that do not add them. Returns the URL of the database."""
    app = create_app({"instance": instance, "database_url": url, "sign_in": "username"})
    users = [NewUser(f"user{number}", "User", str(number)) for number in range(NEWCOMERS)]
    add_users(app.extensions["chatapp.journal"], users)
    close_app(app)
    return url
