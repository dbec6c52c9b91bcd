"""The users, databases, applications and servers that tests share.

alice, bob and carol talk to each other and sign in by name; mallory is a member of nothing. dave has a password.
Tests that use `databases` run twice: on SQLite and on PostgreSQL.
"""

import gc
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chatapp import close_app, create_app, realtime
from chatapp.actions.accounts import NewUser
from chatapp.garbage_collector import tune_garbage_collector
from chatapp.web import bundle
from tests.databases import Databases, postgres_server, valkey_server
from tests.people import NEWCOMERS, Cast, Person
from tests.quick_hashes import hash_quickly
from tests.servers import Server

DAVES_PASSWORD = "correct horse battery staple"
CAST = [
    NewUser("alice", "Alice", "Ardern"),
    NewUser("bob", "Bob", "Brandt"),
    NewUser("carol", "Carol", "Chen"),
    NewUser("mallory", "Mallory", "Moss"),
    NewUser("dave", "Dave", "Diaz", DAVES_PASSWORD),
]
NO_LIMITS = {"request_rate": 0, "event_rate": 0, "user_connections": 0, "address_connections": 0}
"""All clients of the tests come from one address, and few users send as fast as they can."""

WINDOW_SECONDS = 0.05
"""The ack window. It is short, because Flask-SocketIO's test client never confirms an event."""


_newcomers = itertools.cycle(range(NEWCOMERS))

OTHER_PROCESSES = ("tests/web", "tests/cluster", "tests/faults", "tests/realtime/test_malformed.py")
"""Tests of servers that run in other processes."""

OBJECTS_BETWEEN_COLLECTIONS = 200_000

LONGEST = "tests/sync/test_events_equal_sync.py"

QUICK_ON_POSTGRESQL = "tests/actions"
"""Tests that `make test` also runs on PostgreSQL. It leaves the other repetitions on PostgreSQL to `make test-slow`."""


def pytest_configure(config: pytest.Config) -> None:
    """Bundles the web client if its modules have changed, once for all pytest-xdist workers. Turns the garbage
    collector off until all tests are imported."""
    gc.disable()
    if not hasattr(config, "workerinput"):
        bundle.build_if_stale()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest tests first, so that no worker is alone with them at the end. Marks repetitions on PostgreSQL as
    slow. Turns coverage off where it finds nothing new, because it takes a third of a test's time: in tests of other
    processes, and in repetitions on PostgreSQL. The report therefore omits code that only PostgreSQL runs."""
    items.sort(key=lambda item: LONGEST not in item.nodeid)
    for item in items:
        is_repetition = _is_repetition(item)
        if is_repetition and not item.nodeid.startswith(QUICK_ON_POSTGRESQL):
            item.add_marker(pytest.mark.slow)
        if is_repetition or item.nodeid.startswith(OTHER_PROCESSES):
            item.add_marker(pytest.mark.no_cover)


def _is_repetition(item: pytest.Item) -> bool:
    """Whether the test has been run on SQLite already."""
    callspec = getattr(item, "callspec", None)
    return callspec is not None and callspec.params.get("databases") == "postgresql"


def pytest_collection_finish() -> None:
    """Keeps the garbage collector from scanning all modules and tests again and again. With a server's thresholds it
    would take a quarter of the tests' CPU time."""
    tune_garbage_collector()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def quick_password_hashes() -> None:
    hash_quickly()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    with valkey_server() as url:
        yield url


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """New databases, on SQLite in one run of the test and on PostgreSQL in the other."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    return Databases(tmp_path_factory.mktemp(request.param), url)


@pytest.fixture(scope="session")
def sqlite_only(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """New SQLite databases, for tests that do not depend on the database."""
    return Databases(tmp_path_factory.mktemp("sqlite-only"), None)


@pytest.fixture
def make_app(databases: Databases, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Makes applications, each with the users of CAST in its own database. Keyword arguments are settings."""
    made: list[Flask] = []

    def make(*, sockets: bool = False, **settings: Any) -> Flask:
        values = {
            "instance": tmp_path,
            "database_url": databases.new(*CAST),
            "sign_in": "username",
            "async_mode": "threading",
            "delivery_ack_window": WINDOW_SECONDS,
            **NO_LIMITS,
            **settings,
        }
        app = create_app(values)
        app.testing = True
        made.append(app)
        if sockets:
            realtime.init_app(app)
        return app

    yield make
    for app in made:
        close_app(app)


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """The HTTP side, in username mode."""
    return make_app()


class Browser(FlaskClient):
    """Flask's test client, which repeats the CSRF cookie in its header as the web client does."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        cookie = self.get_cookie("XSRF-TOKEN")
        if cookie is not None:
            kwargs["headers"] = {"X-XSRF-TOKEN": cookie.value, **dict(kwargs.get("headers") or {})}
        return super().open(*args, **kwargs)


@pytest.fixture
def browse(app: Flask) -> Callable[[str | None], Browser]:
    """`browse("alice")` is a browser with alice signed in, `browse(None)` a browser without a session."""
    app.test_client_class = Browser

    def open_browser(username: str | None) -> Browser:
        client = app.test_client()
        assert isinstance(client, Browser)
        if username is not None:
            answer = client.post("/login", json={"username": username})
            assert answer.status_code == 200, answer.text
        return client

    return open_browser


@pytest.fixture(scope="module")
def server(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server in one process, with alice, bob, carol and user0 to user19."""
    folder = tmp_path_factory.mktemp("instance")
    started = Server(folder, CHATAPP_DATABASE_URL=databases.new()).start()
    yield started
    status = started.stop()
    assert status == 0, started.log


@pytest.fixture
def cast(server: Server) -> Iterator[Cast]:
    """`alice, bob = cast(2)` are unused users, signed in and not connected. Options are those of Person, and `on`."""
    present: list[Person] = []

    def arrive(count: int, on: Server = server, **options: bool) -> list[Person]:
        found = [Person(on, f"user{next(_newcomers)}", **options) for _ in range(count)]
        present.extend(found)
        return found

    yield arrive
    for person in present:
        person.disconnect()
        person.http.close()


@pytest.fixture
def people(server: Server) -> Iterator[Callable[..., Person]]:
    """`people("alice")` is alice, signed in to the server; all are disconnected at the end."""
    present: list[Person] = []

    def arrive(username: str, **options: Any) -> Person:
        present.append(Person(server, username, **options))
        return present[-1]

    yield arrive
    for person in present:
        person.disconnect()
