"""One application for all tests of the HTTP door, so that they cost a request each and not a database each.

What one test writes the next one finds: a test that counts messages does so in a group, or between people, of its own.
"""

import itertools
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from chatapp import close_app, create_app
from chatapp.actions.accounts import NewUser, add_users
from tests.conftest import CAST, Browser
from tests.databases import Databases

_numbers = itertools.count(1)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Long texts are cut: their names in the report would fill pages."""
    return repr(val)[:24] if isinstance(val, str | bytes) and len(val) > 24 else None


@pytest.fixture(scope="session")
def app(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The HTTP side in username mode, with the cast."""
    yield from _application(databases, tmp_path_factory, "username")


@pytest.fixture(scope="session")
def password_app(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The HTTP side in password mode: dave can sign in, and nobody else."""
    yield from _application(databases, tmp_path_factory, "password")


@pytest.fixture
def newcomers(app: Flask) -> Callable[[int], list[str]]:
    """`newcomers(2)` adds two users to whom nobody has ever talked."""

    def add(count: int) -> list[str]:
        names = [f"newcomer{next(_numbers):05}" for _ in range(count)]
        add_users(app.extensions["chatapp.journal"], [NewUser(name, name.title()) for name in names])
        return names

    return add


@pytest.fixture
def make_group(browse: Callable[[str | None], Browser]) -> Callable[..., str]:
    """`make_group("alice", "bob")` is the id of a new group that alice makes with bob."""

    def make(creator: str, *others: str) -> str:
        body = {"groupName": f"Group {next(_numbers)}", "users": [{"username": name} for name in others]}
        answer = browse(creator).post("/group", json=body)
        assert answer.status_code == 200, answer.text
        group_id: str = answer.get_json()["newGroup"]["groupId"]
        return group_id

    return make


def _application(databases: Databases, folders: pytest.TempPathFactory, sign_in: str) -> Iterator[Flask]:
    made = create_app(
        {
            "instance": folders.mktemp("instance"),
            "database_url": databases.new(*CAST),
            "sign_in": sign_in,
            "async_mode": "threading",
            "sign_in_limit": "2 per minute",
        }
    )
    made.testing = True
    yield made
    close_app(made)
