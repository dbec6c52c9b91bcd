"""Polls over HTTP: rules, refusals, who is told of votes, and finding them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from chatapp.extensions import db
from tests.api.searching import Searcher
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
MakeGroup = Callable[..., str]
QUESTION = {"question": "Where to eat?", "options": ["Pizza place", "Noodles", "At home"]}


def ask(browser: Browser, receiver: str, **fields: Any) -> dict[str, Any]:
    answer = browser.post("/polls", json={"receiver": receiver, **QUESTION, **fields})
    assert answer.status_code == 200, answer.text
    message: dict[str, Any] = answer.get_json()["message"]
    return message


def vote(browser: Browser, message: dict[str, Any], *options: int) -> Any:
    return browser.put(f"/message/{message['messageId']}/vote", json={"options": list(options)})


def poll_of(browser: Browser, me: str, receiver: str, *, is_group: bool = False) -> dict[str, Any]:
    query = "?group=yes" if is_group else ""
    poll: dict[str, Any] = browser.get(f"/messages/{me}/{receiver}{query}").get_json()[-1]["poll"]
    return poll


def counts(poll: dict[str, Any]) -> list[int]:
    return [option["votes"] for option in poll["options"]]


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["error"]["code"]


def test_a_poll_is_a_message_with_a_readable_text(browse: Browse) -> None:
    sent = ask(browse("alice"), "bob")
    assert sent["content"] == "📊 Where to eat?\n• Pizza place\n• Noodles\n• At home"
    assert sent["poll"] == {
        "question": "Where to eat?",
        "options": [{"text": one, "votes": 0, "voters": []} for one in QUESTION["options"]],
        "voterCount": 0,
        "isMultiple": False,
        "isAnonymous": False,
        "mine": [],
    }
    following = browse("bob").post("/messages", json={"receiver": "alice", "content": "hm"}).get_json()["response"]
    assert following["revision"] == sent["revision"] + 1
    assert "poll" not in following


def test_a_vote_is_given_changed_and_taken_back(browse: Browse) -> None:
    alice, bob = browse("alice"), browse("bob")
    sent = ask(alice, "bob")
    voted = vote(bob, sent, 1).get_json()["message"]
    assert voted["changedRevision"] == sent["revision"] + 1
    assert (counts(voted["poll"]), voted["poll"]["mine"], voted["poll"]["voterCount"]) == ([0, 1, 0], [1], 1)
    assert vote(bob, sent, 1).get_json()["message"] == voted, "a retry changes nothing"
    seen = poll_of(alice, "alice", "bob")
    assert (seen["mine"], seen["options"][1]["voters"]) == ([], ["bob"])
    vote(bob, sent, 2)
    vote(alice, sent, 2)
    assert counts(poll_of(alice, "alice", "bob")) == [0, 0, 2]
    assert alice.get(f"/message/{sent['messageId']}/voters").get_json() == {"voters": [[], [], ["bob", "alice"]]}
    assert vote(bob, sent).get_json()["message"]["poll"]["mine"] == []
    assert counts(poll_of(alice, "alice", "bob")) == [0, 0, 1]


def test_several_options_are_taken_where_the_poll_allows_them(browse: Browse) -> None:
    alice, bob = browse("alice"), browse("bob")
    single, several = ask(alice, "bob"), ask(alice, "bob", isMultiple=True)
    assert refusal(vote(bob, single, 0, 1)) == (422, "invalid_input")
    assert refusal(vote(bob, several, 3)) == (422, "invalid_input")
    assert refusal(vote(bob, several, -1)) == (422, "invalid_input")
    poll = vote(bob, several, 2, 0, 2).get_json()["message"]["poll"]
    assert (counts(poll), poll["mine"], poll["voterCount"]) == ([1, 0, 1], [0, 2], 1)


def test_nobody_is_told_who_voted_in_an_anonymous_poll(browse: Browse, newcomers: Callable[[int], list[str]]) -> None:
    asker, voter = newcomers(2)
    sent = ask(browse(asker), voter, isAnonymous=True)
    since = sent["revision"]
    assert vote(browse(voter), sent, 0).get_json()["message"]["poll"]["mine"] == [0]
    seen = poll_of(browse(asker), asker, voter)
    assert (counts(seen), seen["mine"], seen["options"][0]["voters"]) == ([1, 0, 0], [], [])
    (change,) = (
        browse(asker).get(f"/sync?userRevision=99&direct={voter}:{since}:0").get_json()["conversations"][0]["changes"]
    )
    assert change["update"]["poll"] == seen
    assert change["update"]["reacted"] == []
    for one in (asker, voter):
        assert refusal(browse(one).get(f"/message/{sent['messageId']}/voters")) == (403, "forbidden")


def test_a_closed_poll_refuses_votes(browse: Browse, cast_of_four: tuple[str, dict[str, str]]) -> None:
    group, names = cast_of_four
    member, admin = browse(names["member"]), browse(names["admin"])
    for closing in (member, admin):
        sent = ask(member, group, group=True)
        path = f"/message/{sent['messageId']}"
        vote(admin, sent, 0)
        closed = closing.post(f"{path}/close", json={}).get_json()["message"]
        assert closed["poll"]["closedAt"] > closed["timestamp"]
        assert refusal(vote(admin, sent)) == (409, "poll_closed")
        assert counts(poll_of(admin, names["admin"], group, is_group=True)) == [1, 0, 0]
        assert closing.post(f"{path}/close", json={}).get_json()["message"] == closed
    other = ask(admin, group, group=True)
    assert refusal(member.post(f"/message/{other['messageId']}/close", json={})) == (403, "forbidden")
    outsider = browse(names["outsider"])
    assert refusal(vote(outsider, other, 0)) == (404, "not_found")
    assert refusal(outsider.get(f"/message/{other['messageId']}/voters")) == (404, "not_found")
    private = ask(browse("alice"), "bob")
    assert refusal(browse("bob").post(f"/message/{private['messageId']}/close", json={})) == (403, "forbidden")


def test_a_poll_ends_at_its_time(app: Flask, browse: Browse) -> None:
    alice, bob = browse("alice"), browse("bob")
    end = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    sent = ask(alice, "bob", closesAt=end)
    assert "closedAt" not in sent["poll"]
    assert vote(bob, sent, 0).status_code == 200
    conversation, sequence = map(int, sent["messageId"].split("-"))
    with app.app_context():
        db.session.execute(
            text("UPDATE poll SET closes_at = 1000000 WHERE conversation_id = :c AND sequence = :s"),
            {"c": conversation, "s": sequence},
        )
        db.session.commit()
    assert poll_of(bob, "bob", "alice")["closedAt"] == "1970-01-01T00:00:01.000Z"
    assert refusal(vote(bob, sent, 1)) == (409, "poll_closed")
    past = alice.post("/polls", json={"receiver": "bob", **QUESTION, "closesAt": "2020-01-01T00:00:00Z"})
    assert refusal(past) == (422, "invalid_input")


def test_members_vote_where_only_admins_ask(browse: Browse, cast_of_four: tuple[str, dict[str, str]]) -> None:
    group, names = cast_of_four
    browse(names["owner"]).patch(f"/group/{group}", json={"writers": "admins"})
    refused = browse(names["member"]).post("/polls", json={"receiver": group, "group": True, **QUESTION})
    assert refusal(refused) == (403, "only_admins_write")
    sent = ask(browse(names["owner"]), group, group=True)
    assert vote(browse(names["member"]), sent, 0).status_code == 200


def test_a_poll_is_not_edited_and_its_deletion_removes_the_votes(app: Flask, browse: Browse) -> None:
    alice, bob = browse("alice"), browse("bob")
    sent = ask(alice, "bob")
    path = f"/message/{sent['messageId']}"
    vote(bob, sent, 0)
    assert refusal(alice.patch(path, json={"content": "other"})) == (409, "poll_unchangeable")
    deleted = alice.delete(path, json={}).get_json()["message"]
    assert "poll" not in deleted
    assert refusal(vote(bob, sent, 1)) == (409, "message_deleted")
    conversation, sequence = sent["messageId"].split("-")
    with app.app_context():
        for table in ("poll", "poll_vote"):
            query = f"SELECT count(*) FROM {table} WHERE conversation_id = {conversation} AND sequence = {sequence}"
            assert db.session.execute(text(query)).scalar_one() == 0
    plain = alice.post("/messages", json={"receiver": "bob", "content": "hello"}).get_json()["response"]
    assert refusal(vote(bob, plain, 0)) == (404, "not_found")


def test_a_retry_makes_one_poll_and_a_group_goes_with_its_polls(browse: Browse, make_group: MakeGroup) -> None:
    alice, group = browse("alice"), make_group("alice", "bob")
    first = ask(alice, group, group=True, clientId=str(uuid4()))
    vote(browse("bob"), first, 0)
    again = ask(alice, group, group=True, clientId=first["clientId"])
    assert (again["messageId"], counts(again["poll"])) == (first["messageId"], [1, 0, 0])
    assert alice.delete(f"/group/{group}").status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"question": " "},
        {"question": "x" * 301},
        {"question": "two\nlines"},
        {"options": ["one"]},
        {"options": [str(number) for number in range(11)]},
        {"options": ["one", "\u200b"]},
        {"options": ["one", " ONE "]},
        {"options": ["one", "x" * 101]},
        {"options": "one, two"},
        {"closesAt": "tomorrow"},
        {"closesAt": "2099-01-01T00:00:00"},
        {"isMultiple": "yes"},
    ],
)
def test_a_poll_that_cannot_be_understood_is_refused(browse: Browse, fields: dict[str, Any]) -> None:
    body = {"receiver": "bob", **QUESTION, **fields}
    assert refusal(browse("alice").post("/polls", json=body)) == (422, "invalid_input")


def test_polls_are_found(pair: tuple[Searcher, Searcher]) -> None:
    alice, bob = pair
    alice.say(bob.username, "📊 Where to eat?\n• noodles")
    assert alice.finds("has:poll") == []
    first = ask(alice.client, bob.username)
    ask(bob.client, alice.username, question="When?", options=["Noon", "Night"])
    both = ["📊 When?\n• Noon\n• Night", first["content"]]
    assert alice.finds("has:poll") == bob.finds("has:poll") == both
    assert alice.finds("has:poll noodles") == [first["content"]]
    assert alice.finds(f"has:poll from:{bob.username}") == both[:1]
    assert alice.finds(f"in:{bob.username} has:poll at home") == [first["content"]]
    assert alice.finds("has:poll before:2020-01-01") == []
    alice.client.delete(f"/message/{first['messageId']}", json={})
    assert bob.finds("has:poll") == both[:1]


def test_a_retry_of_a_deleted_message_says_that_it_is_deleted(browse: Browse) -> None:
    alice = browse("alice")
    body = {"receiver": "bob", "content": "oh", "clientId": str(uuid4())}
    sent = alice.post("/messages", json=body).get_json()["response"]
    assert "deletedAt" not in alice.post("/messages", json=body).get_json()["response"]
    deleted = alice.delete(f"/message/{sent['messageId']}", json={}).get_json()["message"]
    again = alice.post("/messages", json=body).get_json()["response"]
    assert {**again, "deliveredToAll": None} == {**deleted, "deliveredToAll": None}
