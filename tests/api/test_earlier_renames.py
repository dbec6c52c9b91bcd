"""What a sync says of changes of usernames: those of people whose former name the caller may have seen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import BigInteger, ColumnElement, type_coerce, update

from chatapp.actions.audit import OPERATOR
from chatapp.actions.bots import add_token
from chatapp.extensions import db
from chatapp.models import Membership, User, UsernameChange
from chatapp.models.user import BOT, GUEST
from tests.api.administrators import Add, Browse, with_token
from tests.api.group_calls import named
from tests.conftest import Browser

Rename = Callable[[str], str]
HOUR = timedelta(hours=1) // timedelta(microseconds=1)


@pytest.fixture
def rename(app: Flask, admin: Browser) -> Rename:
    """`rename(name)` gives somebody another name; everything that was there then is an hour older than that."""

    def renamed(name: str) -> str:
        for column in (User.created_at, Membership.joined_at, UsernameChange.changed_at):
            _set_back(app, column, HOUR)
        assert admin.patch(f"/admin/people/{name}", json={"username": f"{name}x"}).status_code == 200
        _set_back(app, UsernameChange.changed_at, HOUR // 2, UsernameChange.new_username == f"{name}x")
        return f"{name}x"

    return renamed


def _set_back(app: Flask, column: Any, microseconds: int, *which: ColumnElement[bool]) -> None:
    with app.app_context():
        earlier = {column: type_coerce(column, BigInteger) - microseconds}
        db.session.execute(update(column.class_).where(*which).values(earlier))
        db.session.commit()


def _told(browser: Browser, *names: str) -> list[str]:
    """Which of these new names a sync from the first change on tells of."""
    told = browser.get("/sync?names=0").get_json()["renamed"]
    return [one["newUsername"] for one in told if one.get("newUsername") in names]


@pytest.fixture
def as_bot(app: Flask) -> Browse:
    def open_client(name: str | None) -> Browser:
        return with_token(app, add_token(app.extensions["chatapp.journal"], OPERATOR, str(name), "test", None).secret)

    return open_client


@pytest.mark.parametrize("role", [GUEST, BOT])
def test_who_sees_few_hears_of_changes_since_they_met_the_person(
    as_bot: Browse, browse: Browse, person: Add, rename: Rename, make_group: Callable[..., str], role: str
) -> None:
    host, other, me = person(), person(), person(role)
    viewer = as_bot(me) if role == BOT else browse(me)
    group = make_group(host, me)
    known, unknown = rename(host), rename(other)
    assert _told(viewer, known, unknown) == [known]
    assert browse(known).post(f"/group/{group}/members", json=named(unknown)).status_code == 200
    assert _told(viewer, known, unknown) == [known], "they met under the name of now"
    again = rename(unknown)
    assert _told(viewer, known, unknown, again) == [known, again]


def test_who_comes_later_hears_of_no_earlier_change(browse: Browse, person: Add, rename: Rename) -> None:
    there, name = person(), person()
    new = rename(name)
    assert _told(browse(there), new) == [new]
    assert _told(browse(person()), new) == []


def test_a_guest_without_a_conversation_hears_of_their_own_change(browse: Browse, person: Add, rename: Rename) -> None:
    guest = person(GUEST)
    new = rename(guest)
    assert _told(browse(new), new) == [new]


def test_a_change_in_the_minute_before_they_met_is_told(
    admin: Browser, browse: Browse, person: Add, make_group: Callable[..., str]
) -> None:
    host, guest = person(), person(GUEST)
    assert admin.patch(f"/admin/people/{host}", json={"username": f"{host}x"}).status_code == 200
    make_group(f"{host}x", guest)
    assert _told(browse(guest), f"{host}x") == [f"{host}x"]
