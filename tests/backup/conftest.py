"""Installations that are backed up, and new ones that they are restored into."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.backup.installations import POSTGRESQL_PROGRAMS, Installation
from tests.databases import Databases
from tests.files.conftest import bucket as bucket


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's programs are those of the server."""
    monkeypatch.setenv("PATH", str(POSTGRESQL_PROGRAMS), prepend=":")


@pytest.fixture
def install(databases: Databases, tmp_path: Path) -> Iterator[Callable[..., Installation]]:
    """`install("a")` is an installation with anna and ben in it, `install("b", is_new=True)` one without tables.
    Keyword arguments are settings."""
    made: list[Installation] = []

    def make(name: str, *, is_new: bool = False, **settings: Any) -> Installation:
        url = databases.new_empty() if is_new else databases.new()
        made.append(Installation(tmp_path / name, url, settings))
        if not is_new:
            made[-1].add_people("anna", "ben")
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def chat(install: Callable[..., Installation]) -> Installation:
    """An installation in which something of everything was said."""
    made = install("chat")
    made.converse()
    return made
