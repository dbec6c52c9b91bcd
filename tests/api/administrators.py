"""Accounts with roles, and a browser of an administrator."""

import itertools
from collections.abc import Callable

import pytest
from flask import Flask

from chatapp.actions.accounts import NewUser, add_users
from chatapp.models.user import ADMINISTRATOR, MEMBER
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
Add = Callable[..., str]
_numbers = itertools.count(1)


@pytest.fixture
def person(app: Flask) -> Add:
    """`person("moderator")` adds an account with a role, and returns its name."""

    def add(role: str = MEMBER) -> str:
        name = f"{role}{next(_numbers):05}"
        add_users(app.extensions["chatapp.journal"], [NewUser(name, name.title(), "Case", role=role)])
        return name

    return add


@pytest.fixture
def admin(browse: Browse, person: Add) -> Browser:
    return browse(person(ADMINISTRATOR))
