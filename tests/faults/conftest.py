"""Servers that a test may break, each with its own database and process."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Databases
from tests.servers import Server


@pytest.fixture
def url(databases: Databases) -> str:
    """The URL of a new database."""
    return databases.new()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file, for tests that do not depend on the kind of database."""
    return f"sqlite:///{tmp_path / 'chat.db'}"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """`start(url)` starts a server that the test may kill. Servers that still run at the end are killed."""
    started: list[Server] = []

    def start_one(url: str, **settings: Any) -> Server:
        instance = tmp_path / f"instance-{len(started)}"
        started.append(Server(instance, CHATAPP_DATABASE_URL=url, **settings))
        return started[-1].start()

    yield start_one
    for server in started:
        server.kill()
