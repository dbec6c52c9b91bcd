"""What a retention would erase: counted as it is erased then, and told to those who may choose it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from chatapp.actions import retention_preview
from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.retention_preview import preview_in_system
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models.base import to_microseconds
from chatapp.models.user import ADMINISTRATOR
from tests.api.error_bodies import refusal
from tests.api.test_retention import count_rows, erase, in_days, keep, say
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]
MakeGroup = Callable[..., str]


def make_older(app: Flask, group_id: str, *, last: int, days: float) -> None:
    """Dates the messages of a conversation up to a sequence back."""
    with app.app_context():
        at = to_microseconds(now() - timedelta(days=days))
        statement = "UPDATE message SET created_at = :at + sequence WHERE conversation_id = :id AND sequence <= :last"
        db.session.execute(text(statement), {"at": at, "id": int(group_id), "last": last})
        db.session.commit()


def preview(browser: Browser, group_id: str, days: int) -> dict[str, Any]:
    answer = browser.get(f"/group/{group_id}/retention?days={days}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.fixture
def own(make_app: Callable[..., Flask]) -> Flask:
    """An application whose database is this test's alone, with an administrator."""
    app = make_app()
    add_users(app.extensions["chatapp.journal"], [NewUser("root", "Rosa", role=ADMINISTRATOR)])
    return app


def browser_of(app: Flask, username: str) -> Browser:
    browser = Browser(app)
    assert browser.post("/login", json={"username": username}).status_code == 200
    return browser


@pytest.mark.parametrize("old", [0, 1, 2, 6, 7, 8])
def test_as_many_are_counted_as_are_erased_then(
    app: Flask, browse: Browse, newcomers: Newcomers, make_group: MakeGroup, old: int
) -> None:
    anna, ben = newcomers(2)
    group = make_group(anna, ben)
    say(browse(anna), group, *(f"{number}" for number in range(8)))
    make_older(app, group, last=old, days=10)
    expected = {"messages": old, "conversations": int(old > 0), "more": False}
    assert preview(browse(anna), group, 9) == expected
    for days in (0, 11):
        assert preview(browse(anna), group, days) == {"messages": 0, "conversations": 0, "more": False}
    keep(browse(anna), group, 9)
    erase(app, in_days(0), group)
    assert count_rows(app, group, "message") == {"message": 8 - old}
    assert preview(browse(anna), group, 9)["messages"] == 0
    make_older(app, group, last=8, days=10)
    assert preview(browse(anna), group, 9)["messages"] == 8 - old


def test_a_thread_counts_with_its_first_message(
    app: Flask, browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group = make_group(anna, ben)
    mine = browse(anna)
    threads = []
    for name in ("old", "old too", "new"):
        root = say(mine, group, name)
        threads.append(mine.post(f"/message/{root['messageId']}/thread", json={}).get_json()["thread"]["receiver"])
        say(browse(ben), threads[-1], "one", "two")
    make_older(app, group, last=2, days=10)
    assert preview(mine, group, 9) == {"messages": 6, "conversations": 1, "more": False}
    refusal(mine.get(f"/group/{threads[0]}/retention?days=9"), 409, "not_for_threads")
    keep(mine, group, 9)
    erase(app, in_days(0), group)
    assert [count_rows(app, one, "message")["message"] for one in (group, *threads)] == [1, 0, 0, 2]


def test_only_an_owner_is_told_of_a_group(browse: Browse, newcomers: Newcomers, make_group: MakeGroup) -> None:
    anna, ben, carl = newcomers(3)
    group = make_group(anna, ben)
    browse(anna).put(f"/group/{group}/members/{ben}", json={"role": "admin"})
    path = f"/group/{group}/retention?days=1"
    assert browse(anna).get(path).status_code == 200
    refusal(browse(ben).get(path), 403, "forbidden")
    refusal(browse(carl).get(path), 403, "not_a_member")
    refusal(browse(None).get(path), 401, "not_signed_in")
    refusal(browse(anna).get("/group/999999999/retention?days=1"), 404, "not_found")
    refusal(browse(anna).get("/group/x/retention?days=1"), 404, "not_found")
    for wrong in ("", "?days=-1", "?days=x", "?days=36501", "?days=1.5"):
        refusal(browse(anna).get(f"/group/{group}/retention{wrong}"), 422, "invalid_input")


def test_an_administrator_is_told_of_all_conversations(own: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention_preview, "LOOKED_AT_ONCE", 2)
    alice, root = browser_of(own, "alice"), browser_of(own, "root")
    groups = []
    for number in range(5):
        body = {"groupName": f"{number}", "users": [{"username": "bob"}]}
        groups.append(alice.post("/group", json=body).get_json()["newGroup"]["groupId"])
        say(alice, groups[-1], "a", "b", "c")
    say(alice, "bob", "a", "b", group=False)
    path = "/admin/retention?days=9"
    assert root.get(path).get_json() == {"messages": 0, "conversations": 0, "more": False}
    for number, group in enumerate(groups):
        make_older(own, group, last=number, days=10)
    assert root.get(path).get_json() == {"messages": 9, "conversations": 4, "more": False}
    alice.delete(f"/group/{groups[1]}")
    assert root.get(path).get_json() == {"messages": 8, "conversations": 3, "more": False}
    monkeypatch.setattr(retention_preview, "MOST_COUNTED", 4)
    assert root.get(path).get_json() == {"messages": 4, "conversations": 2, "more": True}
    refusal(alice.get(path), 403, "forbidden")
    refusal(root.get("/admin/retention"), 422, "invalid_input")


def test_the_messages_of_a_long_conversation_are_not_read_one_by_one(own: Flask) -> None:
    alice = browser_of(own, "alice")
    say(alice, "bob", "a", group=False)
    total = 20_000
    with own.app_context():
        numbers = "WITH RECURSIVE n (x) AS (SELECT 2 UNION ALL SELECT x + 1 FROM n WHERE x < :total)"
        rows = f"""{numbers} INSERT INTO message (conversation_id, sequence, sender_id, content, created_at, revision)
            SELECT m.conversation_id, n.x, m.sender_id, 'x', m.created_at, n.x FROM n, message m"""
        if db.engine.dialect.name != "sqlite":
            rows = """INSERT INTO message (conversation_id, sequence, sender_id, content, created_at, revision)
            SELECT m.conversation_id, x, m.sender_id, 'x', m.created_at, x
            FROM generate_series(2, :total) x, message m"""
        db.session.execute(text(rows), {"total": total})
        db.session.execute(text("UPDATE conversation SET last_sequence = :total"), {"total": total})
        db.session.commit()
    make_older(own, "1", last=12_345, days=10)
    steps: list[int] = []
    with own.app_context():
        connection: Any = db.session.connection().connection.driver_connection
        if db.engine.dialect.name == "sqlite":
            connection.set_progress_handler(lambda: steps.append(100), 100)
        assert preview_in_system(ADMINISTRATOR, 9).messages == 12_345
    assert sum(steps) < 5_000, "SQLite runs some instructions for each step of the search, not for each message"
