"""Saved messages: a person's own marks on messages, the same on all devices, in a list of what they may still see."""

from typing import Any

import pytest

from chatapp.actions import saved_messages
from tests.api.error_bodies import refusal
from tests.api.personal_calls import Browse, MakeGroup, Newcomers, say, sync
from tests.conftest import Browser


def save(browser: Browser, message_id: str, **body: Any) -> Any:
    return browser.put(f"/message/{message_id}/saved", json=body)


def listed(browser: Browser, query: str = "") -> list[str]:
    answer = browser.get("/saved" + query)
    assert answer.status_code == 200
    return [one["message"]["content"] for one in answer.get_json()["messages"]]


def ids(browser: Browser, me: str, receiver: str, group: str = "no") -> list[str]:
    return [one["messageId"] for one in browser.get(f"/messages/{me}/{receiver}?group={group}").get_json()]


def test_messages_are_saved_and_removed_for_oneself_alone(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    say(browse(anna), ben, "one", "two", "three")
    one, two, three = ids(browse(ben), ben, anna)
    browser = browse(ben)
    first = save(browser, two).get_json()
    assert first == {"saved": {"messageId": two, "saved": True, "userRevision": 2}}
    assert save(browser, two).get_json() == first, "a repetition takes no revision"
    save(browser, three)
    save(browser, one)
    assert listed(browser) == ["one", "three", "two"], "the last saved is first"
    page = browser.get("/saved?limit=2").get_json()
    assert [(entry["receiver"], entry["group"]) for entry in page["messages"]] == [(anna, False)] * 2
    assert listed(browser, f"?limit=2&before={page['next']}") == ["two"]
    assert browser.get(f"/saved?limit=2&before={page['next']}").get_json()["next"] is None
    assert save(browser, three, on=False).get_json()["saved"] == {"messageId": three, "saved": False, "userRevision": 5}
    assert listed(browser) == ["one", "two"]
    told = [one["saved"] for one in sync(browser)["changes"] if one["kind"] == "saved"]
    assert [(entry["messageId"], entry["saved"]) for entry in told] == [(two, True), (one, True), (three, False)]
    assert [entry["saved"]["messageId"] for entry in sync(browser, "?userRevision=4")["changes"]] == [three]
    assert sync(browse(anna))["changes"] == []
    assert listed(browse(anna)) == []


def test_what_was_deleted_or_may_not_be_seen_any_more_is_not_listed(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    say(browse(anna), group_id, "stays", "a secret", group=True)
    stays, secret = ids(browse(ben), ben, group_id, "yes")
    browser = browse(ben)
    save(browser, stays)
    save(browser, secret)
    browse(anna).delete(f"/message/{secret}")
    assert listed(browser) == ["stays"]
    save(browser, secret, on=False)
    refusal(save(browser, secret), 409, "message_deleted")
    browse(anna).delete(f"/group/{group_id}/members/{ben}")
    assert listed(browser) == []
    refusal(save(browser, stays), 404, "not_found")
    assert save(browser, stays, on=False).get_json()["saved"]["saved"] is False, "it can be removed all the same"
    body = {"sharesHistory": False}
    browse(anna).patch(f"/group/{group_id}", json=body)
    browse(anna).post(f"/group/{group_id}/members", json={"users": [{"username": ben}]})
    refusal(save(browser, stays), 404, "not_found")
    other = ids(browse(anna), anna, group_id, "yes")[0]
    browse(anna).patch(f"/group/{group_id}", json={"sharesHistory": True})
    save(browser, other)
    assert listed(browser) == ["stays"]
    browse(anna).patch(f"/group/{group_id}", json=body)
    assert listed(browser) == [], "it was said before ben came back"


def test_others_messages_and_too_many_are_refused(
    browse: Browse, newcomers: Newcomers, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, ben = newcomers(2)
    say(browse(anna), ben, "one", "two", "three")
    one, two, three = ids(browse(ben), ben, anna)
    monkeypatch.setattr(saved_messages, "MOST_SAVED", 2)
    browser = browse(ben)
    save(browser, one)
    save(browser, two)
    assert refusal(save(browser, three), 409, "limit_reached")["details"] == {"limit": 2}
    browse(anna).delete(f"/message/{one}")
    assert save(browser, three).status_code == 200, "a deleted one does not count"
    refusal(save(browse("mallory"), two), 404, "not_found")
    refusal(save(browser, "7"), 404, "not_found")
    refusal(save(browser, two, on="yes"), 422, "invalid_input")
    refusal(browser.get("/saved?before=x"), 422, "invalid_input")
    refusal(save(browse(None), two), 401, "not_signed_in")
    refusal(browse(None).get("/saved"), 401, "not_signed_in")
