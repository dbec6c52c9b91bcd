"""How long messages are kept: who chooses it, what is erased, and what everybody sees then."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from chatapp.actions import retention
from chatapp.actions.retention import Due, erase_next, find_due
from chatapp.clock import now
from chatapp.extensions import db
from tests.api.error_bodies import refusal
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]
MakeGroup = Callable[..., str]


def say(browser: Browser, receiver: str, *contents: str, group: bool = True, **extra: Any) -> dict[str, Any]:
    answer: Any = None
    for content in contents:
        body = {"receiver": receiver, "group": group, "content": content, **extra}
        answer = browser.post("/messages", json=body)
        assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()["response"]
    return found


def erase(app: Flask, at: datetime, *groups: str) -> int:
    """Erases what is due at this time, everywhere or in these groups. Returns the number of transactions."""
    journal, count = app.extensions["chatapp.journal"], 0
    with app.app_context():
        after: int | None = 0
        while after is not None:
            due, after = find_due(at, after)
            for one in due:
                if groups and str(one.conversation_id) not in groups:
                    continue
                count += 1
                while erase_next(journal, one):
                    count += 1
    return count


def in_days(days: float) -> datetime:
    return now() + timedelta(days=days)


def contents(browser: Browser, receiver: str, *, group: bool = True, **query: Any) -> list[str]:
    me = browser.get("/loggedIn").get_json()["username"]
    answer = browser.get(f"/messages/{me}/{receiver}", query_string={"group": "yes" if group else "no", **query})
    return [one["content"] for one in answer.get_json()]


def conversation(browser: Browser, receiver: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = browser.get("/conversations").get_json()["conversations"]
    return next(one for one in found if one["receiver"] == receiver)


def keep(browser: Browser, group_id: str, days: int) -> Any:
    return browser.patch(f"/group/{group_id}", json={"retentionDays": days})


def count_rows(app: Flask, group_id: str, *tables: str) -> dict[str, int]:
    with app.app_context():
        query = "SELECT count(*) FROM {} WHERE conversation_id = :group"
        return {name: db.session.scalar(text(query.format(name)), {"group": int(group_id)}) for name in tables}


def test_old_messages_are_gone_and_the_rest_is_as_before(
    app: Flask, browse: Browse, newcomers: Newcomers, make_group: MakeGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "ERASED_AT_ONCE", 3)
    anna, ben = newcomers(2)
    group = make_group(anna, ben)
    mine, theirs = browse(anna), browse(ben)
    first = say(mine, group, "one oldword")
    say(mine, group, *(f"old {number}" for number in range(2, 8)))
    mine.put(f"/message/{first['messageId']}/saved", json={})
    theirs.put(f"/message/{first['messageId']}/pin", json={})
    mine.post("/polls", json={"receiver": group, "group": True, "question": "Where?", "options": ["here", "there"]})
    assert conversation(theirs, group)["unread"] == 8
    known = theirs.get("/sync").get_json()
    assert keep(mine, group, 30).get_json()["group"]["retentionDays"] == 30
    assert erase(app, in_days(29), group) == 0
    assert len(contents(theirs, group)) == 8
    assert erase(app, in_days(31), group) == 3
    later = say(mine, group, "new", replyTo=2)
    assert later["sequence"] == 9
    assert later["replyTo"] == {"sequence": 2, "sender": None, "content": None}
    assert contents(theirs, group) == ["new"]
    assert contents(theirs, group, before=9) == []
    assert contents(theirs, group, after=3) == ["new"]
    seen = conversation(theirs, group)
    assert (seen["erasedSequence"], seen["lastSequence"], seen["unread"]) == (8, 9, 1)
    assert seen["lastMessage"]["content"] == "new"
    refusal(theirs.get(f"/message/{first['messageId']}/versions"), 404, "not_found")
    refusal(theirs.patch(f"/message/{first['messageId']}", json={"content": "x"}), 404, "not_found")
    assert mine.get("/saved").get_json()["messages"] == []
    assert theirs.get("/search?q=oldword").get_json()["hits"] == []
    assert [hit["message"]["content"] for hit in theirs.get("/search?q=new").get_json()["hits"]] == ["new"]
    tables = ("message", "message_version", "reaction", "mention", "poll", "poll_vote")
    assert count_rows(app, group, *tables) == dict.fromkeys(tables, 0) | {"message": 1}
    (old,) = [one for one in known["conversations"] if one["receiver"] == group]
    query = f"?userRevision={known['userRevision']}&group={group}:{old['revision']}:0"
    synced = theirs.get("/sync" + query).get_json()
    (changes,) = [one["changes"] for one in synced["conversations"] if one["receiver"] == group]
    assert [change["kind"] for change in changes] == ["details", "message"]
    assert (changes[0]["erasedSequence"], changes[0]["retentionDays"]) == (8, 30)
    assert erase(app, in_days(29), group) == 0


@pytest.mark.parametrize("known", [0, 1, 2, 5, 6, 9, 10])
def test_who_was_away_syncs_from_any_revision(
    app: Flask, browse: Browse, newcomers: Newcomers, make_group: MakeGroup, known: int
) -> None:
    anna, ben = newcomers(2)
    group = make_group(anna, ben)
    say(browse(anna), group, *(f"old {number}" for number in range(6)))
    keep(browse(anna), group, 1)
    assert erase(app, in_days(2), group) == 1
    say(browse(anna), group, "new")
    query = f"?userRevision=1000000&group={group}:{known}:0"
    (synced,) = browse(ben).get("/sync" + query).get_json()["conversations"]
    if synced["startOver"]:
        assert known == 0
        assert (synced["conversation"]["erasedSequence"], synced["conversation"]["unread"]) == (6, 1)
        return
    assert synced["revision"] == 10
    kinds = [one["kind"] for one in synced["changes"]]
    assert kinds == ["details"] * (known < 9) + ["message"] * (known < 10)
    assert {one["erasedSequence"] for one in synced["changes"] if one["kind"] == "details"} <= {6}
    assert all(one["message"]["content"] == "new" for one in synced["changes"] if one["kind"] == "message")


def test_the_shorter_time_counts_and_people_s_own_conversations_have_the_system_s(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app()
    anna, ben = (Browser(app) for _ in range(2))
    for browser, name in ((anna, "alice"), (ben, "bob")):
        assert browser.post("/login", json={"username": name}).status_code == 200
    kept, short, long = (
        anna.post("/group", json={"groupName": name, "users": [{"username": "bob"}]}).get_json()["newGroup"]["groupId"]
        for name in ("kept", "short", "long")
    )
    for group in (kept, short, long):
        say(anna, group, "old")
    say(anna, "bob", "old", group=False)
    keep(anna, short, 5)
    keep(anna, long, 50)
    assert erase(app, in_days(6)) == 1
    assert [contents(ben, one) for one in (kept, short, long)] == [["old"], [], ["old"]]
    set_system(app, 10)
    assert erase(app, in_days(9)) == 0
    assert erase(app, in_days(11)) == 3
    assert [contents(ben, one) for one in (kept, short, long)] == [[], [], []]
    assert contents(ben, "alice", group=False) == []
    assert conversation(ben, "alice")["unread"] == 0
    say(anna, "bob", "new", group=False)
    assert contents(ben, "alice", group=False) == ["new"]


def set_system(app: Flask, days: int) -> None:
    with app.app_context():
        query = "INSERT INTO installation_setting (name, value) VALUES ('retention_days', :days)"
        db.session.execute(text(query), {"days": str(days)})
        db.session.commit()


def test_a_thread_ends_with_its_root_message_and_is_kept_as_long_as_its_group(
    app: Flask, browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group = make_group(anna, ben)
    mine, theirs = browse(anna), browse(ben)
    root = say(mine, group, "root")
    thread = mine.post(f"/message/{root['messageId']}/thread", json={}).get_json()["thread"]["receiver"]
    say(theirs, thread, "in the thread", "secondword")
    keep(mine, group, 3)
    erase(app, in_days(4), group)
    refusal(theirs.get(f"/messages/{ben}/{thread}?group=yes"), 404, "not_found")
    assert thread not in [one["receiver"] for one in mine.get("/conversations").get_json()["conversations"]]
    assert theirs.get("/search?q=secondword").get_json()["hits"] == []
    assert count_rows(app, thread, "message", "membership") == {"message": 0, "membership": 0}


def test_a_long_thread_is_erased_in_several_transactions_before_its_root_message(
    app: Flask, browse: Browse, newcomers: Newcomers, make_group: MakeGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "ERASED_AT_ONCE", 3)
    anna, ben = newcomers(2)
    group = make_group(anna, ben)
    mine = browse(anna)
    root = say(mine, group, "root")
    thread = mine.post(f"/message/{root['messageId']}/thread", json={}).get_json()["thread"]["receiver"]
    say(browse(ben), thread, *(f"answer {number}" for number in range(7)))
    keep(mine, group, 3)
    with app.app_context():
        due, _ = find_due(in_days(4), 0)
    (one,) = [found for found in due if str(found.conversation_id) == group]
    journal, left = app.extensions["chatapp.journal"], []
    goes_on = True
    while goes_on:
        with app.app_context():
            goes_on = erase_next(journal, one)
        left.append((count_rows(app, thread, "message")["message"], count_rows(app, group, "message")["message"]))
        refusal(browse(ben).get(f"/messages/{ben}/{thread}?group=yes"), 404, "not_found")
    assert left == [(4, 1), (1, 1), (0, 1), (0, 0)]


def test_only_an_owner_chooses_how_long_a_group_keeps_its_messages(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group = make_group(anna, ben)
    browse(anna).put(f"/group/{group}/members/{ben}", json={"role": "admin"})
    refusal(keep(browse(ben), group, 1), 403, "forbidden")
    for wrong in (-1, 36_501, 1.5, "1", True):
        refusal(browse(anna).patch(f"/group/{group}", json={"retentionDays": wrong}), 422, "invalid_input")
    assert browse(ben).patch(f"/group/{group}", json={"topic": "x"}).status_code == 200
    assert conversation(browse(ben), group)["retentionDays"] == 0


def test_nothing_is_erased_any_more_once_it_is_switched_off(
    app: Flask, browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group = make_group(anna, ben)
    say(browse(anna), group, "old", "older")
    keep(browse(anna), group, 1)
    with app.app_context():
        found: list[Due] = []
        after: int | None = 0
        while after is not None:
            due, after = find_due(in_days(2), after)
            found += [one for one in due if str(one.conversation_id) == group]
    assert len(found) == 1
    keep(browse(anna), group, 0)
    assert erase_next(app.extensions["chatapp.journal"], found[0]) is False
    assert contents(browse(ben), group) == ["old", "older"]
    keep(browse(anna), group, 3)
    assert erase_next(app.extensions["chatapp.journal"], found[0]) is False
    assert contents(browse(ben), group) == ["old", "older"]
