"""POST /admin/people/<username>/removal and POST /leave: who may remove whom, and what is left of an account."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.audit import lines_after
from chatapp.actions.personal_data import OF_USER
from chatapp.actions.removal_steps import continue_removal
from chatapp.errors import Conflict
from chatapp.extensions import db
from chatapp.models import Invite, Session, User
from chatapp.models.user import ADMINISTRATOR
from tests.api.account_people import PASSWORD, Owner
from tests.api.administrators import Add, Browse
from tests.api.error_bodies import refusal
from tests.conftest import Browser
from tests.removal_rows import removals_under_way

_numbers = itertools.count(1)
KEEP = {"messages": "keep", "password": PASSWORD}


def _finish(app: Flask) -> None:
    with app.app_context():
        for user_id in removals_under_way():
            while continue_removal(app.extensions["chatapp.journal"], user_id):
                pass


def _row(app: Flask, user_id: int) -> User:
    with app.app_context():
        return db.session.get_one(User, user_id)


def _id(app: Flask, username: str) -> int:
    with app.app_context():
        found: int = db.session.scalars(select(User.id).where(User.username == username)).one()
        return found


def test_leaving_takes_the_password_and_leaves_nothing_personal(password_app: Flask) -> None:
    owner = Owner(password_app).signed_in()
    owner.add_passkey()
    profile = {"firstName": "Erin", "lastName": "Hart", "statusText": "at sea", "timeZone": "Europe/Oslo"}
    assert owner.browser.patch("/profile", json=profile).status_code == 200
    user_id = _id(password_app, owner.name)
    refusal(owner.browser.post("/leave", json={"messages": "keep"}), 403, "confirmation_required")
    refusal(owner.browser.post("/leave", json={"messages": "keep", "password": "no"}), 403, "wrong_password")
    refusal(owner.browser.post("/leave", json={"messages": "some", "password": PASSWORD}), 422, "invalid_input")
    assert owner.browser.post("/leave", json=KEEP).status_code == 200
    refusal(owner.browser.get("/loggedIn"), 401, "not_signed_in")
    assert owner.log_in().status_code == 401
    _finish(password_app)
    row = _row(password_app, user_id)
    assert row.username.startswith("!removed-")
    left = (row.first_name, row.last_name, row.display_skeleton, row.status_text, row.time_zone, row.picture)
    assert left == ("Removed", "user", "", "", "", "")
    assert (row.password_hash, row.email, row.last_seen_at, row.is_active) == (None, None, None, False)
    with password_app.app_context():
        for table in OF_USER:
            query = select(func.count()).select_from(table).where(table.user_id == user_id)
            assert db.session.scalar(query) == 0, table
        sessions = db.session.scalars(select(Session).where(Session.user_id == user_id)).all()
        assert {(one.device, one.address, one.last_used_at) for one in sessions} == {("", "", None)}
        told = [(line.target, line.actor, line.details) for line in lines_after(0) if line.kind == "account_removed"]
    assert told[-1] == (owner.name, owner.name, {"messages": "keep"})
    with pytest.raises(Conflict):
        add_users(password_app.extensions["chatapp.journal"], [NewUser(owner.name, "New")])


def test_nobody_leaves_where_people_sign_in_by_name(browse: Browse, person: Add) -> None:
    refusal(browse(person()).post("/leave", json={"messages": "keep"}), 409, "name_is_account")


def test_administrators_alone_remove_others_and_nobody_removes_themselves(
    app: Flask, admin: Browser, browse: Browse, person: Add
) -> None:
    name, moderator = person(), person("moderator")
    path = f"/admin/people/{name}/removal"
    refusal(browse(moderator).post(path, json={"messages": "keep"}), 403, "forbidden")
    own = admin.get("/loggedIn").get_json()["username"]
    refusal(admin.post(f"/admin/people/{own}/removal", json={"messages": "keep"}), 422, "invalid_input")
    refusal(admin.post("/admin/people/nobody-here/removal", json={"messages": "keep"}), 404, "not_found")
    user_id = _id(app, name)
    assert admin.post(path, json={"messages": "keep"}).status_code == 200
    refusal(admin.post(path, json={"messages": "keep"}), 404, "not_found")
    removed = _row(app, user_id).username
    refusal(admin.patch(f"/admin/people/{removed}", json={"isActive": True}), 404, "not_found")
    assert admin.get("/admin/people?search=removed").get_json()["people"] == []


def test_the_last_administrator_does_not_leave(make_app: Callable[..., Flask]) -> None:
    app = make_app(sign_in="password")
    owner = Owner(app).signed_in()
    with app.app_context():
        db.session.get_one(User, _id(app, owner.name)).role = ADMINISTRATOR
        db.session.commit()
    refusal(owner.browser.post("/leave", json=KEEP), 409, "last_administrator")
    assert owner.browser.get("/loggedIn").status_code == 200


def test_invitations_of_a_removed_administrator_are_void(
    app: Flask, admin: Browser, browse: Browse, person: Add
) -> None:
    other = person(ADMINISTRATOR)
    number = browse(other).post("/admin/invitations", json={}).get_json()["id"]
    kept = admin.post("/admin/invitations", json={}).get_json()["id"]
    assert admin.post(f"/admin/people/{other}/removal", json={"messages": "keep"}).status_code == 200
    with app.app_context():
        assert db.session.get_one(Invite, number).revoked_at is not None
        assert db.session.get_one(Invite, kept).revoked_at is None


def _said(browser: Browser, receiver: str, content: str, **more: Any) -> None:
    assert browser.post("/messages", json={"receiver": receiver, "content": content, **more}).status_code == 200


def test_an_erasure_that_was_cut_off_goes_on_where_it_was(
    app: Flask, admin: Browser, browse: Browse, person: Add
) -> None:
    name, friend = person(), person()
    author, reader = browse(name), browse(friend)
    for number in range(30):
        _said(author, friend, f"word {number}")
    _said(reader, name, "mine")
    _said(author, name, "to myself")
    user_id = _id(app, name)
    assert admin.post(f"/admin/people/{name}/removal", json={"messages": "erase"}).status_code == 200
    removed = _row(app, user_id).username
    history = f"/messages/{friend}/{removed}?group=no"
    with app.app_context():
        assert continue_removal(app.extensions["chatapp.journal"], user_id)
    texts = [one["content"] for one in reader.get(history).get_json()]
    assert 0 < len([text for text in texts if text.startswith("word")]) < 30, "one step is not the whole"
    _finish(app)
    assert [one["content"] for one in reader.get(history).get_json()] == [""] * 30 + ["mine"]
    with app.app_context():
        assert user_id not in removals_under_way()


def test_a_private_conversation_without_anybody_is_deleted(
    app: Flask, admin: Browser, browse: Browse, person: Add
) -> None:
    from chatapp.models import Message

    first, second = person(), person()
    _said(browse(first), second, "between us")
    ids = {_id(app, first), _id(app, second)}
    for name in (first, second):
        assert admin.post(f"/admin/people/{name}/removal", json={"messages": "keep"}).status_code == 200
        _finish(app)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Message).where(Message.sender_id.in_(ids))) == 0
