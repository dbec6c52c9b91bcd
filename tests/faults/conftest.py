"""Servers that each test may break: a database and a process of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Databases
from tests.servers import Server


@pytest.fixture
def start(databases: Databases, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """`start()` is a running server that the test may kill; what still runs at the end is ended."""
    started: list[Server] = []

    def start_one(url: str | None = None, **settings: Any) -> Server:
        started.append(Server(tmp_path / f"instance-{len(started)}", CHATAPP_DATABASE_URL=url or databases.new(), **settings))
        return started[-1].start()

    yield start_one
    for server in started:
        server.kill()
