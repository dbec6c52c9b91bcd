"""Introduces the cast and the stage.

alice, bob and carol talk to each other and sign in by name; mallory is no member of anything. dave has a password.
Whatever takes `databases` runs twice: on SQLite and on PostgreSQL.
"""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chatapp import close_app, create_app, realtime
from chatapp.actions.accounts import NewUser
from tests.databases import Databases, postgres_server, valkey_server
from tests.people import NEWCOMERS, Cast, Person
from tests.servers import Server

DAVES_PASSWORD = "correct horse battery staple"
CAST = [
    NewUser("alice", "Alice", "Ardern"),
    NewUser("bob", "Bob", "Brandt"),
    NewUser("carol", "Carol", "Chen"),
    NewUser("mallory", "Mallory", "Moss"),
    NewUser("dave", "Dave", "Diaz", DAVES_PASSWORD),
]
WINDOW_SECONDS = 0.05
"""The ack window where nobody can confirm: Flask-SocketIO's test client never does."""


_newcomers = itertools.cycle(range(NEWCOMERS))

ELSEWHERE = ("tests/web", "tests/cluster", "tests/faults", "tests/realtime/test_malformed.py")
"""Tests of servers in processes of their own."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measures no coverage, which takes a third of a test's time, where it would find nothing new: in a test of another
    process, and in one that runs on SQLite too. So what is printed leaves out what only PostgreSQL runs."""
    for item in items:
        if item.nodeid.startswith(ELSEWHERE) or "[postgresql" in item.nodeid:
            item.add_marker(pytest.mark.no_cover)


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
    """New databases, of the kind that this run of the test is for."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    return Databases(tmp_path_factory.mktemp(request.param), url)


@pytest.fixture(scope="session")
def sqlite_only(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """For servers whose tests have nothing to do with the database."""
    return Databases(tmp_path_factory.mktemp("sqlite-only"), None)


@pytest.fixture
def make_app(databases: Databases, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Makes applications with the cast in a database of their own. Keyword arguments are settings."""
    made: list[Flask] = []

    def make(*, sockets: bool = False, **settings: Any) -> Flask:
        values = {
            "instance": tmp_path,
            "database_url": databases.new(*CAST),
            "sign_in": "username",
            "async_mode": "threading",
            "delivery_ack_window": WINDOW_SECONDS,
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
    """Flask's test client with a browser's manners: it echoes the CSRF cookie."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        cookie = self.get_cookie("XSRF-TOKEN")
        if cookie is not None:
            kwargs["headers"] = {"X-XSRF-TOKEN": cookie.value, **dict(kwargs.get("headers") or {})}
        return super().open(*args, **kwargs)


@pytest.fixture
def browse(app: Flask) -> Callable[[str | None], Browser]:
    """`browse("alice")` is a browser in which alice is signed in; `browse(None)` one in which nobody is."""
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
    """`alice, bob = cast(2)`: newcomers, signed in and not connected. Keyword arguments are Person's, and `on`."""
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
