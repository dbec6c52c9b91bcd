"""PATCH /username and PATCH /admin/people/<username>: who may change which name, to what, and how often."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from chatapp.actions import username_changes
from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.audit import OPERATOR
from chatapp.clock import now
from chatapp.errors import Conflict
from tests.api.account_people import PASSWORD, Owner
from tests.api.error_bodies import refusal
from tests.conftest import Browser


def _rename(owner: Owner, name: str, password: str | None = PASSWORD) -> None:
    answer = owner.browser.patch("/username", json={"username": name, "password": password})
    assert answer.status_code == 200, answer.text
    owner.name = name


def test_the_session_goes_on_and_the_former_token_too(password_app: Flask) -> None:
    owner = Owner(password_app)
    former = owner.name
    token = owner.log_in().headers["auth-token"]
    _rename(owner, f"{former}new")
    loaded = password_app.test_client().get("/loggedIn", headers={"auth-token": token})
    assert (loaded.status_code, loaded.get_json()["username"]) == (200, f"{former}new")
    assert loaded.headers["auth-token"] != token
    assert owner.browser.get("/loggedIn").get_json()["username"] == f"{former}new"
    assert owner.audited()[-1] == ("username_changed", {"before": former, "after": f"{former}new"})
    owner.browser = owner.new_browser()
    assert owner.log_in().status_code == 200
    owner.name = former
    assert owner.log_in().status_code == 401


def test_it_takes_the_password_and_a_name_by_the_rule(password_app: Flask) -> None:
    owner = Owner(password_app).signed_in()
    refusal(owner.browser.patch("/username", json={"username": "anew"}), 403, "confirmation_required")
    refusal(owner.browser.patch("/username", json={"username": "anew", "password": "no"}), 403, "wrong_password")
    for name in ("a name", f"{owner.name}@example.org"):
        answer = owner.browser.patch("/username", json={"username": name, "password": PASSWORD})
        refusal(answer, 422, "invalid_input")
    assert owner.browser.get("/loggedIn").get_json()["username"] == owner.name


def test_nobody_takes_a_name_that_another_has_or_had_and_its_owner_may_go_back(password_app: Flask) -> None:
    owner, other = Owner(password_app, "lena").signed_in(), Owner(password_app, "frank").signed_in()
    former = owner.name
    body = {"username": former, "password": PASSWORD}
    refusal(other.browser.patch("/username", json=body), 409, "name_taken")
    _rename(owner, f"{former}x")
    refusal(other.browser.patch("/username", json=body), 409, "name_taken")
    alike = {"username": former.replace("l", "1"), "password": PASSWORD}
    refusal(other.browser.patch("/username", json=alike), 409, "name_taken")
    with pytest.raises(Conflict):
        add_users(password_app.extensions["chatapp.journal"], [NewUser(former, "New")])
    _rename(owner, former)
    refusal(other.browser.patch("/username", json={**body, "username": f"{former}x"}), 409, "name_taken")


def test_three_times_in_thirty_days(password_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = Owner(password_app).signed_in()
    first = owner.name
    for number in range(3):
        _rename(owner, f"{first}n{number}")
    body = {"username": first, "password": PASSWORD}
    refusal(owner.browser.patch("/username", json=body), 409, "too_many_renames")
    journal = password_app.extensions["chatapp.journal"]
    with password_app.app_context():
        username_changes.change_username(journal, OPERATOR, owner.name, f"{first}helped")
    monkeypatch.setattr(username_changes, "now", lambda: now() + timedelta(days=30, minutes=1))
    _rename(owner, first)


def test_changes_by_others_do_not_count_towards_the_own_ones(password_app: Flask) -> None:
    owner = Owner(password_app).signed_in()
    first = owner.name
    journal = password_app.extensions["chatapp.journal"]
    for number in range(3):
        with password_app.app_context():
            username_changes.change_username(journal, OPERATOR, owner.name, f"{first}given{number}")
        owner.name = f"{first}given{number}"
        _rename(owner, f"{first}own{number}")
    body = {"username": first, "password": PASSWORD}
    refusal(owner.browser.patch("/username", json=body), 409, "too_many_renames")


def test_the_name_is_the_account_where_people_sign_in_by_name(
    browse: Callable[[str | None], Browser], person: Callable[..., str]
) -> None:
    answer = browse(person()).patch("/username", json={"username": "another"})
    refusal(answer, 409, "name_is_account")


def test_an_administrator_changes_anybodys_and_nobody_else_does(
    browse: Callable[[str | None], Browser], person: Callable[..., str], admin: Browser
) -> None:
    name, moderator = person(), browse(person("moderator"))
    body = {"username": f"{name}new"}
    refusal(moderator.patch(f"/admin/people/{name}", json=body), 403, "forbidden")
    assert admin.patch(f"/admin/people/{name}", json=body).status_code == 200
    listed = [one["username"] for one in admin.get("/admin/people", query_string={"search": name}).get_json()["people"]]
    assert listed == [f"{name}new"]
    refusal(admin.patch(f"/admin/people/{name}", json=body), 404, "not_found")
    refusal(admin.patch(f"/admin/people/{name}new", json={**body, "role": "guest"}), 422, "invalid_input")
