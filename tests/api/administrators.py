"""Accounts with roles, a browser of an administrator, and bots."""

import itertools
from collections.abc import Callable

import pytest
from flask import Flask

from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.audit import OPERATOR
from chatapp.actions.bots import add_token
from chatapp.models.user import ADMINISTRATOR, BOT, MEMBER
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


def with_token(app: Flask, token: str) -> Browser:
    """A client that sends this token with each request, and no cookie."""
    app.test_client_class = Browser
    client = app.test_client()
    assert isinstance(client, Browser)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


@pytest.fixture
def enter(app: Flask, browse: Browse, person: Add) -> Browse:
    """`enter("bot")` is the client of a new account with a role: a browser, or a bot's program."""

    def signed_in(role: str | None) -> Browser:
        name = person(role or MEMBER)
        if role != BOT:
            return browse(name)
        made = add_token(app.extensions["chatapp.journal"], OPERATOR, name, "test", None)
        return with_token(app, made.secret)

    return signed_in
