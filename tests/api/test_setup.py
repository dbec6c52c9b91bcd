"""POST /setup: the first account of a new installation, by the link that the server printed."""

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from chatapp import close_app, create_app
from chatapp.actions import setup
from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.audit import lines_after
from chatapp.extensions import db
from chatapp.models import InstallationSetting, User
from tests.api.error_bodies import cookies, refusal
from tests.databases import Databases

PASSWORD = "a long enough phrase"


@pytest.fixture
def new_app(databases: Databases, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """`new_app(joining="open")` is an installation without accounts; all that a test makes have one database."""
    url = databases.new()
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        values = {"instance": tmp_path, "database_url": url, "sign_in": "password", "async_mode": "threading"}
        made.append(create_app({**values, "sign_in_limit": "100 per minute", **settings}))
        return made[-1]

    yield make
    for app in made:
        close_app(app)


def link(app: Flask) -> str:
    with app.app_context():
        secret = setup.new_setup_secret(app.extensions["chatapp.journal"])
    assert secret is not None
    return secret


def set_up(app: Flask, secret: str, **changes: Any) -> TestResponse:
    body = {
        "secret": secret,
        "systemName": "The Rowers",
        "joining": "open",
        "username": "erin",
        "firstName": "Erin",
        "password": PASSWORD,
        **changes,
    }
    return app.test_client().post("/setup", json=body)


def accounts(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(row.username, row.role) for row in db.session.execute(select(User.username, User.role))]


def page_settings(app: Flask) -> dict[str, Any]:
    """What the page is told."""
    found = re.search(r'id="settings">(.*?)</script>', app.test_client().get("/").get_data(as_text=True))
    assert found
    settings: dict[str, Any] = json.loads(found[1])
    return settings


def test_the_link_makes_an_administrator_who_is_signed_in(new_app: Callable[..., Flask]) -> None:
    app = new_app()
    answer = set_up(app, link(app))
    assert answer.status_code == 200, answer.text
    assert cookies(answer)["chatToken"]["value"] == answer.headers["auth-token"]
    assert accounts(app) == [("erin", "administrator")]
    signed_in = app.test_client().get("/loggedIn", headers={"auth-token": answer.headers["auth-token"]})
    assert signed_in.get_json() == {"username": "erin", "role": "administrator"}
    with app.app_context():
        assert [(line.kind, line.actor, line.details) for line in lines_after(0)] == [
            ("set_up", "erin", {"joining": "open"}),
            ("sign_in", "erin", {"method": "password"}),
        ]


def test_the_page_says_that_it_waits_and_then_the_name_that_was_chosen(new_app: Callable[..., Flask]) -> None:
    app = new_app()
    assert page_settings(app)["isNew"] is True
    set_up(app, link(app))
    assert page_settings(app)["isNew"] is False
    assert page_settings(app)["systemName"] == "The Rowers"


@pytest.mark.parametrize(("joining", "status"), [("open", 200), ("invite", 403), ("closed", 403)])
def test_the_administrator_chooses_who_may_join(new_app: Callable[..., Flask], joining: str, status: int) -> None:
    app = new_app()
    set_up(app, link(app), joining=joining)
    body = {"username": "finn", "firstName": "Finn", "password": PASSWORD}
    assert app.test_client().post("/join", json=body).status_code == status
    assert page_settings(app)["joining"] == joining


def test_a_setting_of_the_server_says_who_may_join_whatever_was_chosen(new_app: Callable[..., Flask]) -> None:
    app = new_app(joining="closed")
    assert page_settings(app)["isJoiningFixed"] is True
    set_up(app, link(app), joining="open")
    body = {"username": "finn", "firstName": "Finn", "password": PASSWORD}
    refusal(app.test_client().post("/join", json=body), 403, "joining_closed")
    assert page_settings(app)["joining"] == "closed"


def test_the_link_serves_once(new_app: Callable[..., Flask]) -> None:
    app = new_app()
    secret = link(app)
    assert set_up(app, secret).status_code == 200
    refusal(set_up(app, secret, username="finn"), 403, "setup_invalid")
    assert accounts(app) == [("erin", "administrator")]


def test_only_the_newest_link_serves(new_app: Callable[..., Flask]) -> None:
    app = new_app()
    first, second = link(app), link(app)
    refusal(set_up(app, first), 403, "setup_invalid")
    assert set_up(app, second).status_code == 200


def test_there_is_no_link_where_there_are_accounts(new_app: Callable[..., Flask]) -> None:
    app = new_app()
    secret = link(app)
    journal = app.extensions["chatapp.journal"]
    add_users(journal, [NewUser("zoe", "Zoe", "", PASSWORD)])
    refusal(set_up(app, secret), 403, "setup_invalid")
    with app.app_context():
        assert setup.new_setup_secret(journal) is None
    assert accounts(app) == [("zoe", "member")]


@pytest.mark.parametrize("secret", ["", "x", "é", "0" * 22, "x" * 101])
def test_nobody_guesses_the_link(new_app: Callable[..., Flask], secret: str) -> None:
    app = new_app()
    link(app)
    answer = set_up(app, secret)
    assert (answer.status_code, answer.get_json()["error"]["code"]) in [(403, "setup_invalid"), (422, "invalid_input")]
    assert accounts(app) == []


def test_the_secret_is_not_in_the_database(new_app: Callable[..., Flask]) -> None:
    app = new_app()
    secret = link(app)
    with app.app_context():
        assert secret not in [row.value for row in db.session.scalars(select(InstallationSetting))]


@pytest.mark.parametrize(
    "changes",
    [
        {"systemName": ""},
        {"systemName": "two\nlines"},
        {"systemName": "x" * 61},
        {"joining": "all"},
        {"username": "a b"},
        {"password": "short"},
        {"firstName": None},
    ],
)
def test_a_bad_field_is_named_and_uses_nothing_up(new_app: Callable[..., Flask], changes: dict[str, Any]) -> None:
    app = new_app()
    secret = link(app)
    fields = refusal(set_up(app, secret, **changes), 422, "invalid_input")["details"]["fields"]
    assert list(fields) == list(changes)
    assert set_up(app, secret).status_code == 200


def test_of_two_at_once_one_becomes_the_administrator(new_app: Callable[..., Flask]) -> None:
    apps = [new_app(), new_app()]
    secret = link(apps[0])
    with ThreadPoolExecutor() as pool:
        answers = list(
            pool.map(lambda one: set_up(one[1], secret, username=one[0]), zip(("erin", "finn"), apps, strict=True))
        )
    assert sorted(answer.status_code for answer in answers) == [200, 403]
    assert len(accounts(apps[0])) == 1
