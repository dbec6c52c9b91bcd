"""The name of the chat and who may join, as an administrator changes them."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from chatapp.actions.accounts import NewUser, add_users
from chatapp.models.user import ADMINISTRATOR
from tests.api.error_bodies import refusal
from tests.conftest import Browser

PASSWORD = "a long enough phrase"


def administrator_of(app: Flask) -> Any:
    """A browser of the first account of another app."""
    app.test_client_class = Browser
    add_users(app.extensions["chatapp.journal"], [NewUser("first", "First", role=ADMINISTRATOR)])
    browser = app.test_client()
    assert browser.post("/login", json={"username": "first"}).status_code == 200
    return browser


def test_the_installation_is_named_and_opened(make_app: Callable[..., Flask]) -> None:
    app = make_app(joining="")
    browser = administrator_of(app)
    answer = browser.patch("/admin/installation", json={"systemName": "The Rowers", "joining": "open"})
    assert answer.get_json() == {"systemName": "The Rowers", "joining": "open", "retentionDays": 0}
    assert browser.patch("/admin/installation", json={"systemName": "The Rowers"}).get_json() == answer.get_json()
    joiner = {"username": "finn", "firstName": "Finn", "password": PASSWORD}
    assert app.test_client().post("/join", json=joiner).status_code == 200
    changes = browser.get("/admin/audit?kind=installation_changed").get_json()["lines"]
    assert [one["details"] for one in changes] == [{"system_name": "The Rowers", "joining": "open"}]
    for wrong in ({"systemName": ""}, {"systemName": "two\nlines"}, {"joining": "maybe"}):
        refusal(browser.patch("/admin/installation", json=wrong), 422, "invalid_input")


def test_nobody_opens_an_installation_that_is_closed_where_it_is_started(make_app: Callable[..., Flask]) -> None:
    browser = administrator_of(make_app(joining="closed"))
    refusal(browser.patch("/admin/installation", json={"joining": "open"}), 409, "joining_fixed")
    assert browser.patch("/admin/installation", json={"systemName": "Rowers"}).get_json() == {
        "systemName": "Rowers",
        "joining": "closed",
        "retentionDays": 0,
    }
