"""After a removal no answer links the person's former username with the one that their messages have."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from chatapp.actions.accounts import id_of
from chatapp.actions.removal_steps import continue_removal
from chatapp.errors import NotFound
from chatapp.extensions import db
from chatapp.models import User
from chatapp.models.user import GUEST
from tests.api.administrators import Add, Browse
from tests.api.error_bodies import refusal
from tests.conftest import Browser


@dataclass
class Removed:
    """A person had two `names` before they were removed, and is `tombstone` now. `friend` was in a group and had
    private messages with them, `stranger` had nothing. `before` is the number of the last change before the first
    rename."""

    names: list[str]
    tombstone: str
    friend: str
    group: str
    before: int


@pytest.fixture
def removed(app: Flask, admin: Browser, browse: Browse, person: Add, make_group: Callable[..., str]) -> Removed:
    first, friend = person(), person()
    group = make_group(friend, first)
    before = browse(friend).get("/sync").get_json()["names"]
    second = f"{first}later"
    assert admin.patch(f"/admin/people/{first}", json={"username": second}).status_code == 200
    for body in (
        {"receiver": second, "content": "in private"},
        {"receiver": group, "group": True, "content": f"@{second} look"},
    ):
        assert browse(friend).post("/messages", json=body).status_code == 200
    answer = {"receiver": group, "group": True, "content": "mine"}
    assert browse(second).post("/messages", json=answer).status_code == 200
    with app.app_context():
        user_id = id_of(second)
    assert admin.post(f"/admin/people/{second}/removal", json={"messages": "keep"}).status_code == 200
    with app.app_context():
        while continue_removal(app.extensions["chatapp.journal"], user_id):
            pass
        tombstone = db.session.scalars(select(User.username).where(User.id == user_id)).one()
    return Removed([first, second], tombstone, friend, group, before)


def _renamed(browser: Browser, names: int) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = browser.get(f"/sync?names={names}").get_json()["renamed"]
    return told


def test_a_sync_says_that_somebody_was_removed_and_no_name(removed: Removed, browse: Browse, person: Add) -> None:
    for name in (removed.friend, person(), person(GUEST)):
        told = _renamed(browse(name), removed.before)
        assert told == [{"number": removed.before + 2, "isRemoved": True}]
        from_the_start = browse(name).get("/sync?names=0").get_data(as_text=True).partition('"renamed"')[2]
        assert all(one not in from_the_start for one in (*removed.names, removed.tombstone))
        assert _renamed(browse(name), removed.before + 2) == []


BY_NAME: dict[str, Callable[[Browser, str, str], Any]] = {
    "history": lambda browser, me, name: browser.get(f"/messages/{me}/{name}"),
    "send": lambda browser, _, name: browser.post("/messages", json={"receiver": name, "content": "psst"}),
    "draft": lambda browser, _, name: browser.put("/draft", json={"receiver": name, "group": False, "content": "x"}),
    "preferences": lambda browser, _, name: browser.patch(
        "/preferences", json={"receiver": name, "group": False, "level": "none"}
    ),
    "block": lambda browser, _, name: browser.put(f"/block/{name}", json={"isOn": True}),
    "search": lambda browser, _, name: browser.get("/search", query_string={"q": f"from:{name}"}),
    "group": lambda browser, _, name: browser.post("/group", json={"groupName": "A", "users": [{"username": name}]}),
}


@pytest.mark.parametrize("door", BY_NAME)
def test_a_former_name_leads_nowhere_as_a_name_that_nobody_ever_had(
    removed: Removed, browse: Browse, door: str
) -> None:
    friend = browse(removed.friend)
    ask = BY_NAME[door]
    unknown = ask(friend, removed.friend, "nobody-ever")
    assert unknown.status_code == 404
    for name in removed.names:
        answer = ask(friend, removed.friend, name)
        assert answer.status_code == 404
        assert answer.get_data(as_text=True).replace(name, "nobody-ever") == unknown.get_data(as_text=True)
    refusal(friend.get(f"/all/{removed.names[1]}"), 403, "forbidden")


def test_a_mention_only_says_that_the_person_was_removed(removed: Removed, browse: Browse) -> None:
    page = browse(removed.friend).get(f"/messages/{removed.friend}/{removed.group}?group=yes").get_json()
    (mention,) = page[0]["mentions"]
    assert mention == {"start": 0, "end": len(removed.names[1]) + 1, "kind": "user", "username": "!removed-"}
    assert page[1]["sender"] == removed.tombstone


def test_no_export_is_made_of_what_the_audit_log_has_of_the_person(removed: Removed, app: Flask) -> None:
    with app.app_context(), pytest.raises(NotFound):
        id_of(removed.tombstone)
