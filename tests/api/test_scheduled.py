"""Scheduled messages over HTTP: schedule, list, change, delete, send now; and what is refused."""

import uuid
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any

import pytest

from chatapp.actions import scheduled_messages
from chatapp.actions.accounts import id_of
from chatapp.clock import now, to_iso
from chatapp.errors import NotFound
from chatapp.journal.drafts import Outcome
from tests.api.error_bodies import refusal
from tests.api.personal_calls import Browse, MakeGroup, Newcomers, say, sync
from tests.conftest import Browser


def schedule(browser: Browser, receiver: str, content: str = "later", *, hours: float = 1, **more: Any) -> Any:
    due_at = to_iso(now() + timedelta(hours=hours))
    body = {"receiver": receiver, "content": content, "dueAt": due_at, "clientId": str(uuid.uuid4()), **more}
    return browser.post("/scheduled", json=body)


def scheduled(browser: Browser, receiver: str, content: str = "later", **more: Any) -> dict[str, Any]:
    answer = schedule(browser, receiver, content, **more)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()["scheduled"]
    return found


def listed(browser: Browser) -> list[Any]:
    return [(one["receiver"], one["content"]) for one in browser.get("/scheduled").get_json()["scheduled"]]


def test_a_message_is_scheduled_once_and_changed_on_all_devices(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    browser = browse(anna)
    group_id = make_group(anna, ben)
    first = scheduled(browser, ben, "happy birthday", hours=5)
    assert first["userRevision"] == 2
    assert (first["receiver"], first["group"], first["gone"], first["failure"]) == (ben, False, False, None)
    again = scheduled(browser, ben, "other", clientId=first["clientId"])
    assert again == first, "a repetition changes nothing"
    scheduled(browser, group_id, "tea", group=True, replyTo=1)
    assert listed(browser) == [(group_id, "tea"), (ben, "happy birthday")], "the next due is first"
    assert browse(ben).get("/scheduled").get_json() == {"scheduled": []}
    place = f"/scheduled/{first['clientId']}"
    local = (now() + timedelta(hours=2)).astimezone(tz=datetime.fromisoformat("2026-01-01T00:00+05:30").tzinfo)
    changed = browser.patch(place, json={"content": "happy\r\nbirthday!", "dueAt": local.isoformat()}).get_json()
    assert changed["scheduled"]["content"] == "happy\nbirthday!"
    assert changed["scheduled"]["dueAt"] == to_iso(local - local.utcoffset()), "stored in UTC"  # type: ignore[operator]
    told = [one for one in sync(browser, "?userRevision=2")["changes"] if one["kind"] == "scheduled"]
    assert [(one["receiver"], one["scheduled"]["content"]) for one in told] == [
        (group_id, "tea"),
        (ben, "happy\nbirthday!"),
    ]
    assert browser.patch(place.upper().replace("/SCHEDULED", "/scheduled"), json={"content": "x"}).status_code == 200
    gone = browser.delete(place).get_json()["scheduled"]
    assert (gone["gone"], gone["content"]) == (True, "")
    (told_again,) = sync(browser, "?userRevision=4")["changes"]
    assert told_again["scheduled"] == gone
    assert sync(browse(ben), "?userRevision=1")["changes"] == []
    for answer in (browser.delete(place), browser.patch(place, json={"content": "x"}), browser.post(f"{place}/send")):
        refusal(answer, 404, "not_found")


def test_a_scheduled_message_is_sent_now(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    say(browse(ben), anna, "a question")
    browser = browse(anna)
    one = scheduled(browser, ben, "an answer", replyTo=1)
    sent = browser.post(f"/scheduled/{one['clientId']}/send").get_json()["response"]
    assert (sent["content"], sent["clientId"], sent["replyTo"]["content"]) == (
        "an answer",
        one["clientId"],
        "a question",
    )
    assert listed(browser) == []
    history = browse(ben).get(f"/messages/{ben}/{anna}").get_json()
    assert [message["content"] for message in history] == ["a question", "an answer"]


def test_a_message_that_was_put_off_while_it_was_queued_waits(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    browser = browse(anna)
    one = scheduled(browser, ben, hours=1)
    with browser.application.app_context():
        queued = scheduled_messages.due_draft(now() + timedelta(hours=2), id_of(anna), one["clientId"])
    assert queued is not None
    browser.patch(f"/scheduled/{one['clientId']}", json={"dueAt": to_iso(now() + timedelta(hours=5))})
    outcome: Future[Outcome] = Future()
    browser.application.extensions["chatapp.journal"].send(queued, outcome.set_result)
    assert isinstance(outcome.result(10), NotFound)
    (waiting,) = browser.get("/scheduled").get_json()["scheduled"]
    assert (waiting["content"], waiting["failure"]) == ("later", None)
    assert browse(ben).get(f"/messages/{ben}/{anna}").get_json() == []


def test_what_may_not_be_sent_stays_in_the_list_with_its_reason(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    browser = browse(ben)
    one = scheduled(browser, group_id, group=True)
    browse(anna).patch(f"/group/{group_id}", json={"writers": "admins"})
    place = f"/scheduled/{one['clientId']}"
    refusal(browser.post(f"{place}/send"), 403, "only_admins_write")
    (failed,) = browser.get("/scheduled").get_json()["scheduled"]
    assert failed["failure"]["code"] == "only_admins_write"
    assert failed["content"] == "later"
    browse(anna).delete(f"/group/{group_id}/members/{ben}")
    refusal(browser.post(f"{place}/send"), 403, "not_a_member")
    due_at = to_iso(now() + timedelta(hours=1))
    assert browser.patch(place, json={"dueAt": due_at}).get_json()["scheduled"]["failure"] is None, "it waits again"
    assert browse(anna).get(f"/messages/{anna}/{group_id}?group=yes").get_json() == []


def test_bad_times_texts_and_conversations_are_refused(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, ben = newcomers(2)
    browser = browse(anna)
    for hours in (-1, 0, 24 * 367):
        error = refusal(schedule(browser, ben, hours=hours), 422, "invalid_input")
        assert "dueAt" in error["details"]["fields"]
    for due_at in ("tomorrow", "2027-01-31T12:00:00", 7, None):
        refusal(schedule(browser, ben, dueAt=due_at), 422, "invalid_input")
    for content in ("", " ", "x" * 65_537, "\x00"):
        refusal(schedule(browser, ben, content), 422, "invalid_input")
    refusal(schedule(browser, ben, clientId=None), 422, "invalid_input")
    refusal(schedule(browser, "nobody"), 404, "not_found")
    refusal(schedule(browse("mallory"), make_group(anna), group=True), 403, "not_a_member")
    refusal(browser.post("/scheduled", json=[]), 400, "malformed")
    refusal(schedule(browse(None), ben), 401, "not_signed_in")
    client_id = str(uuid.uuid4())
    browser.post("/messages", json={"receiver": ben, "content": "sent", "clientId": client_id})
    refusal(schedule(browser, ben, clientId=client_id), 409, "conflict")
    monkeypatch.setattr(scheduled_messages, "MOST_SCHEDULED", 2)
    one, _ = scheduled(browser, ben), scheduled(browser, ben)
    assert refusal(schedule(browser, ben), 409, "limit_reached")["details"] == {"limit": 2}
    refusal(browse(ben).delete(f"/scheduled/{one['clientId']}"), 404, "not_found")
    refusal(browser.patch(f"/scheduled/{one['clientId']}", json={"content": ""}), 422, "invalid_input")
    refusal(browser.patch("/scheduled/x", json={"content": "x"}), 404, "not_found")
