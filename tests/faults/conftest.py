"""Servers that each test may break: a database and a process of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Databases
from tests.servers import Server


@pytest.fixture
def url(databases: Databases) -> str:
    """A new database's."""
    return databases.new()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """For what has nothing to do with the kind of the database."""
    return f"sqlite:///{tmp_path / 'chat.db'}"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """`start(url)` is a running server that the test may kill; what still runs at the end is ended."""
    started: list[Server] = []

    def start_one(url: str, **settings: Any) -> Server:
        instance = tmp_path / f"instance-{len(started)}"
        started.append(Server(instance, CHATAPP_DATABASE_URL=url, **settings))
        return started[-1].start()

    yield start_one
    for server in started:
        server.kill()
