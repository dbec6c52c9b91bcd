"""Preferences for a conversation, and settings: set, read back, refused."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from chatapp.extensions import db
from chatapp.journal import Transaction
from chatapp.journal.drafts import Watermark
from chatapp.models import User
from tests.api.error_bodies import refusal
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]
MakeGroup = Callable[..., str]

HOURS = {"from": "22:00", "to": "07:30", "days": [1, 5], "timeZone": "Europe/Berlin"}


def prefer(browser: Browser, receiver: str, *, group: bool = False, **changes: Any) -> Any:
    return browser.patch("/preferences", json={"receiver": receiver, "group": group, **changes})


def say(browser: Browser, receiver: str, *contents: str, group: bool = False) -> None:
    for content in contents:
        answer = browser.post("/messages", json={"receiver": receiver, "group": group, "content": content})
        assert answer.status_code == 200


def listed(browser: Browser) -> dict[str, Any]:
    return {one["receiver"]: one for one in browser.get("/conversations").get_json()["conversations"]}


def sync(browser: Browser, query: str = "") -> Any:
    return browser.get("/sync" + query).get_json()


def test_a_muted_conversation_is_muted_for_its_user_alone(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    answer = prefer(browse(ben), group_id, group=True, level="none")
    assert answer.get_json() == {"preferences": {"level": "none", "unreadFrom": None, "userRevision": 2}}
    assert listed(browse(ben))[group_id]["preferences"]["level"] == "none"
    assert listed(browse(anna))[group_id]["preferences"] == {"level": "all", "unreadFrom": None, "userRevision": 0}


def test_a_repetition_changes_nothing(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    first, second = (prefer(browse(anna), ben, level="none").get_json() for _ in range(2))
    assert first == second
    assert sync(browse(anna))["userRevision"] == 1
    first, second = (browse(anna).patch("/settings", json={"doNotDisturb": HOURS}).get_json() for _ in range(2))
    assert first == second
    assert sync(browse(anna))["userRevision"] == 2


def test_what_is_marked_as_unread_counts_until_the_mark_is_taken_away(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    say(browse(anna), ben, "one", "two", "three")
    say(browse(ben), anna, "I have read that")
    assert listed(browse(ben))[anna]["unread"] == 0
    assert prefer(browse(ben), anna, unreadFrom=2).status_code == 200
    found = listed(browse(ben))[anna]
    assert (found["unread"], found["preferences"]["unreadFrom"]) == (3, 2)
    prefer(browse(ben), anna, level="none")
    assert listed(browse(ben))[anna]["unread"] == 3, "what is not given stays"
    assert prefer(browse(ben), anna, unreadFrom=None).get_json()["preferences"]["unreadFrom"] is None
    assert listed(browse(ben))[anna]["unread"] == 0
    assert listed(browse(anna))[ben]["preferences"]["userRevision"] == 0


def test_preferences_for_somebody_without_messages_are_there_before_the_first_one(
    browse: Browse, newcomers: Newcomers
) -> None:
    anna, ben = newcomers(2)
    assert prefer(browse(ben), anna, level="none").status_code == 200
    assert listed(browse(ben)) == {}
    say(browse(anna), ben, "hello")
    assert listed(browse(ben))[anna]["preferences"]["level"] == "none"
    assert prefer(browse(ben), ben, level="none").status_code == 200, "notes to oneself"


def test_settings_are_read_back_and_switched_off(browse: Browse, newcomers: Newcomers) -> None:
    (anna,) = newcomers(1)
    browser = browse(anna)
    assert browser.get("/settings").get_json()["settings"]["doNotDisturb"] is None
    answer = browser.patch("/settings", json={"doNotDisturb": HOURS})
    assert answer.get_json()["settings"]["doNotDisturb"] == HOURS
    assert browser.patch("/settings", json={}).get_json() == answer.get_json()
    assert browser.get("/settings").get_json() == answer.get_json()
    assert browser.patch("/settings", json={"doNotDisturb": None}).get_json()["settings"]["doNotDisturb"] is None


def test_a_sync_has_what_changed_since(browse: Browse, newcomers: Newcomers, make_group: MakeGroup) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    browser = browse(ben)
    prefer(browser, group_id, group=True, level="none")
    browser.patch("/settings", json={"doNotDisturb": HOURS})
    prefer(browser, anna, level="none")
    prefer(browser, group_id, group=True, level="all")
    found = sync(browser, "?userRevision=2")
    assert [(one["kind"], one.get("receiver"), one["userRevision"]) for one in found["changes"]] == [
        ("settings", None, 3),
        ("preferences", anna, 4),
        ("preferences", group_id, 5),
    ]
    assert found["changes"][2]["preferences"]["level"] == "all"
    assert found["userRevision"] == 5
    assert sync(browser, "?userRevision=5")["changes"] == []


def test_more_changes_than_fit_into_an_answer_come_in_parts(
    browse: Browse, newcomers: Newcomers, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chatapp.actions import personal_changes

    names = newcomers(4)
    browser = browse(names[0])
    for name in names[1:]:
        prefer(browser, name, level="none")
    browser.patch("/settings", json={"doNotDisturb": HOURS})
    monkeypatch.setattr(personal_changes, "PAGE_SIZE", 2)
    monkeypatch.setattr(personal_changes, "PREFERENCES", personal_changes.PREFERENCES.limit(2))
    known, kinds = 0, []
    while True:
        found = sync(browser, f"?userRevision={known}")
        kinds += [(one["kind"], one["userRevision"]) for one in found["changes"]]
        known = found["userRevision"]
        if not found["more"]:
            break
    assert kinds == [("preferences", 1), ("preferences", 2), ("preferences", 3), ("settings", 4)]


@pytest.mark.parametrize(
    "changes",
    [
        {"level": "mentions"},
        {"level": 1},
        {"unreadFrom": 0},
        {"unreadFrom": 2**63},
        {"unreadFrom": "1"},
        {"unreadFrom": 1},
        {"receiver": None},
    ],
)
def test_invalid_preferences_are_refused(browse: Browse, newcomers: Newcomers, changes: dict[str, Any]) -> None:
    anna, ben = newcomers(2)
    body = {"receiver": ben, "group": False, **changes}
    refusal(browse(anna).patch("/preferences", json=body), 422, "invalid_input")
    assert prefer(browse(anna), ben, level="none").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"from": "24:00"},
        {"from": "7:00"},
        {"to": "22:00"},
        {"days": []},
        {"days": [0]},
        {"days": [8]},
        {"days": ["1"]},
        {"timeZone": "../../etc"},
        {"timeZone": "x" * 65},
        {"timeZone": None},
    ],
)
def test_invalid_hours_are_refused(browse: Browse, changes: dict[str, Any]) -> None:
    body = {"doNotDisturb": {**HOURS, **changes}}
    refusal(browse("alice").patch("/settings", json=body), 422, "invalid_input")


def test_outsiders_and_unknown_receivers_are_refused(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, _ = newcomers(2)
    group_id = make_group(anna)
    refusal(prefer(browse("mallory"), group_id, group=True, level="none"), 403, "not_a_member")
    refusal(prefer(browse(anna), "999999999", group=True, level="none"), 404, "not_found")
    refusal(prefer(browse(anna), "nobody", level="none"), 404, "not_found")
    refusal(prefer(browse(None), anna, level="none"), 401, "not_signed_in")
    refusal(browse(None).get("/settings"), 401, "not_signed_in")
    refusal(browse(None).patch("/settings", json={}), 401, "not_signed_in")


def mark_read(app: Flask, conversation: dict[str, Any], username: str, sequence: int) -> None:
    """As the socket's `markRead`, whose watermarks the journal writes."""
    journal = app.extensions["chatapp.journal"]
    with app.app_context():
        user_id = db.session.scalar(select(User.id).where(User.username == username))
        conversation_id = int(conversation["lastMessage"]["messageId"].partition("-")[0])
    assert user_id is not None
    mark = {(conversation_id, user_id): Watermark(sequence, sequence)}
    journal.set_watermark_source(lambda: {**mark})
    journal.schedule_watermarks()
    journal.flush_watermarks()
    journal.set_watermark_source(dict)


def reads(browser: Browser, receiver: str) -> dict[str, int | None]:
    return {one["username"]: one["readSequence"] for one in listed(browser)[receiver]["members"]}


def receipts(browser: Browser, receiver: str, sequence: int, *, group: bool = False) -> Any:
    kind = "yes" if group else "no"
    return browser.get(f"/receipts?receiver={receiver}&group={kind}&sequence={sequence}")


def test_read_receipts_can_be_switched_off_for_both_directions(
    app: Flask, browse: Browse, newcomers: Newcomers
) -> None:
    anna, ben = newcomers(2)
    say(browse(anna), ben, "one", "two")
    say(browse(ben), anna, "three")
    for who in (anna, ben):
        mark_read(app, listed(browse(anna))[ben], who, 3)
    assert reads(browse(anna), ben) == {anna: 3, ben: 3}
    before = sync(browse(anna))["conversations"][0]
    known = sum(one["deliveredSequence"] + one["readSequence"] for one in before["members"])
    query = f"?userRevision=1&direct={ben}:3:{known}"
    assert sync(browse(anna), query)["conversations"] == []
    for who in (anna, ben):
        answer = browse(who).patch("/settings", json={"sharesReads": False})
        assert answer.get_json()["settings"]["sharesReads"] is False
        assert reads(browse(anna), ben) == {anna: 3, ben: None}
        assert reads(browse(ben), anna) == {anna: None, ben: 3}
        (told,) = sync(browse(anna), query)["conversations"]
        assert {one["username"]: one["readSequence"] for one in told["members"]} == {anna: 3, ben: None}
        (found,) = receipts(browse(anna), ben, 1).get_json()["receipts"]
        assert (found["read"], found["showsReads"], found["delivered"] is not None) == (None, False, True)
        delivered = sum(one["deliveredSequence"] for one in told["members"])
        assert sync(browse(anna), f"?userRevision=9&direct={ben}:3:{delivered + 3 + 2**40}")["conversations"] == []
        browse(who).patch("/settings", json={"sharesReads": True})
        assert reads(browse(anna), ben) == {anna: 3, ben: 3}


def test_receipts_of_a_group_message_say_who_and_when(
    app: Flask, browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben, cleo, late = newcomers(4)
    group_id = make_group(anna, ben, cleo)
    say(browse(anna), group_id, "one", "two", "three", group=True)
    browse(anna).post(f"/group/{group_id}/members", json={"users": [{"username": late}]})
    conversation = listed(browse(anna))[group_id]
    mark_read(app, conversation, ben, 1)
    mark_read(app, conversation, ben, 3)
    found = {
        sequence: {
            one["username"]: one
            for one in receipts(browse(anna), group_id, sequence, group=True).get_json()["receipts"]
        }
        for sequence in (1, 2, 3)
    }
    assert set(found[1]) == {ben, cleo}, "who joined later was not there"
    assert [found[sequence][ben]["read"]["isExact"] for sequence in (1, 2, 3)] == [False, True, True]
    assert found[1][ben]["read"]["at"] == found[3][ben]["read"]["at"]
    assert (found[2][cleo]["delivered"], found[2][cleo]["read"], found[2][cleo]["showsReads"]) == (None, None, True)
    refusal(receipts(browse(ben), group_id, 1, group=True), 403, "forbidden")
    refusal(receipts(browse("mallory"), group_id, 1, group=True), 403, "not_a_member")
    refusal(receipts(browse(anna), group_id, 4, group=True), 404, "not_found")
    refusal(receipts(browse(anna), ben, 1), 404, "not_found")
    refusal(browse(anna).get(f"/receipts?receiver={ben}&sequence=x"), 422, "invalid_input")
    refusal(receipts(browse(None), group_id, 1, group=True), 401, "not_signed_in")


def test_last_seen_can_be_switched_off_for_both_directions(app: Flask, browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)

    def job(transaction: Transaction) -> None:
        at = datetime(2026, 1, 31, 12, tzinfo=UTC)
        transaction.session.execute(update(User).where(User.username.in_([anna, ben])).values(last_seen_at=at))

    app.extensions["chatapp.journal"].write(job)

    def seen(by: str, whom: str) -> Any:
        users = browse(by).get(f"/all/{by}").get_json()["users"]
        return next(one["lastSeen"] for one in users if one["username"] == whom)

    assert seen(anna, ben) == seen(ben, anna) == "2026-01-31T12:00:00.000Z"
    open_list = browse(None).get("/users").get_json()["users"]
    assert {one["lastSeen"] for one in open_list} == {None}
    for who in (anna, ben):
        browse(who).patch("/settings", json={"sharesLastSeen": False})
        assert (seen(anna, ben), seen(ben, anna)) == (None, None)
        browse(who).patch("/settings", json={"sharesLastSeen": True})
    assert seen(anna, ben) is not None


def save(browser: Browser, receiver: str, content: str, *, group: bool = False, **more: Any) -> Any:
    return browser.put("/draft", json={"receiver": receiver, "group": group, "content": content, **more})


def test_a_draft_is_kept_for_the_other_devices_until_it_is_emptied(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    browser = browse(ben)
    assert save(browser, anna, "half a").get_json() == {"draft": {"content": "half a", "userRevision": 2}}
    assert save(browser, anna, "half a", known=0).get_json()["draft"]["userRevision"] == 2, "a repetition"
    save(browser, group_id, " in a group\r\n", group=True)
    save(browser, anna, "half a sentence", known=2)
    found = [(one["receiver"], one["draft"]["content"]) for one in sync(browser)["changes"]]
    assert found == [(group_id, " in a group\n"), (anna, "half a sentence")]
    assert sync(browse(anna))["changes"] == []
    assert save(browser, anna, "").get_json()["draft"]["content"] == ""
    (told,) = sync(browser, "?userRevision=4")["changes"]
    assert (told["kind"], told["receiver"], told["draft"]["content"]) == ("draft", anna, "")


def test_a_draft_that_another_device_changed_is_not_overwritten(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    browser = browse(anna)
    save(browser, ben, "on the phone")
    error = refusal(save(browser, ben, "on the laptop", known=0), 409, "draft_changed")
    assert error["details"] == {"draft": {"content": "on the phone", "userRevision": 1}}
    assert sync(browser)["userRevision"] == 1, "nothing of it is stored"
    assert save(browser, ben, "on the laptop", known=1).get_json()["draft"]["userRevision"] == 2


def test_invalid_drafts_are_refused(browse: Browse, newcomers: Newcomers, make_group: MakeGroup) -> None:
    anna, ben = newcomers(2)
    for content in ("x" * 65_537, "ä" * 40_000, "\x00", None, 7):
        body = {"receiver": ben, "content": content}
        refusal(browse(anna).put("/draft", json=body), 422, "invalid_input")
    assert save(browse(anna), ben, "ä" * 32_000).status_code == 200
    refusal(save(browse("mallory"), make_group(anna), "x", group=True), 403, "not_a_member")
    refusal(save(browse(anna), "nobody", "x"), 404, "not_found")
    refusal(save(browse(None), ben, "x"), 401, "not_signed_in")
