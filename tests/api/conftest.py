"""One application for all tests of the HTTP API, so that a test costs a request and not a database.

Tests see each other's data. A test that counts messages uses a new group or new users.
"""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from chatapp import close_app, create_app
from chatapp.actions import challenges, confirmation, standing
from chatapp.actions.accounts import NewUser, add_users
from chatapp.clock import now
from chatapp.models.membership import ADMIN, MEMBER, OWNER
from tests.api.account_people import Owner
from tests.api.administrators import admin, enter, person
from tests.api.mailing import ada, mail_app, post
from tests.api.protected import clock, protected
from tests.api.searching import Searcher
from tests.conftest import CAST, Browser
from tests.databases import Databases

__all__ = ["ada", "admin", "clock", "enter", "mail_app", "person", "post", "protected"]

_numbers = itertools.count(1)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Shortens long texts in test ids."""
    return repr(val)[:24] if isinstance(val, str | bytes) and len(val) > 24 else None


@pytest.fixture(scope="session")
def app(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The HTTP side in username mode, with the users of CAST."""
    yield from _application(databases, tmp_path_factory, "username")


@pytest.fixture(scope="session")
def password_app(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The HTTP side in password mode. Only dave has a password."""
    yield from _application(databases, tmp_path_factory, "password")


@pytest.fixture
def newcomers(app: Flask) -> Callable[[int], list[str]]:
    """`newcomers(2)` adds two users without messages."""

    def add(count: int) -> list[str]:
        names = [f"newcomer{next(_numbers):05}" for _ in range(count)]
        add_users(app.extensions["chatapp.journal"], [NewUser(name, name.title()) for name in names])
        return names

    return add


@pytest.fixture
def make_group(browse: Callable[[str | None], Browser]) -> Callable[..., str]:
    """`make_group("alice", "bob")` creates a group of alice and bob and returns its id."""

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


@pytest.fixture
def pair(browse: Callable[[str | None], Browser], newcomers: Callable[[int], list[str]]) -> tuple[Searcher, Searcher]:
    """Two users who have said nothing yet."""
    first, second = newcomers(2)
    return Searcher(browse(first), first), Searcher(browse(second), second)


@pytest.fixture
def cast_of_four(
    browse: Callable[[str | None], Browser], newcomers: Callable[[int], list[str]], make_group: Callable[..., str]
) -> tuple[str, dict[str, str]]:
    """A group with somebody in each role, and an outsider: the group's id, and usernames by role."""
    owner, admin, member, outsider = newcomers(4)
    group_id = make_group(owner, admin, member)
    answer = browse(owner).put(f"/group/{group_id}/members/{admin}", json={"role": ADMIN})
    assert answer.status_code == 200
    return group_id, {OWNER: owner, ADMIN: admin, MEMBER: member, "outsider": outsider}


@pytest.fixture
def alice(browse: Callable[[str | None], Browser]) -> Browser:
    return browse("alice")


@pytest.fixture
def bob(browse: Callable[[str | None], Browser]) -> Browser:
    return browse("bob")


@pytest.fixture
def carol(browse: Callable[[str | None], Browser]) -> Browser:
    return browse("carol")


@pytest.fixture
def erin(password_app: Flask) -> Owner:
    """A new account in password mode, signed in."""
    return Owner(password_app).signed_in()


@pytest.fixture
def shift_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """`shift_time(timedelta(minutes=5))` is the time that challenges and suspensions take it to be, from now."""

    def shift(by: timedelta) -> None:
        for module in (challenges, confirmation, standing):
            monkeypatch.setattr(module, "now", lambda: now() + by)

    return shift
