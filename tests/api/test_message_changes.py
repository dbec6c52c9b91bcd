"""Editing, deleting, reacting to and answering messages over HTTP: rules, refusals, and what others see."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from chatapp.actions.message_changes import MOST_VERSIONS
from chatapp.actions.pins import MOST_PINS
from chatapp.extensions import db
from chatapp.payload_fields import MOST_EMOJI
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
MakeGroup = Callable[..., str]


def send(browser: Browser, receiver: str, content: str = "helo", **fields: Any) -> dict[str, Any]:
    answer = browser.post("/messages", json={"receiver": receiver, "content": content, **fields})
    assert answer.status_code == 200, answer.text
    message: dict[str, Any] = answer.get_json()["response"]
    return message


def page(browser: Browser, me: str, receiver: str, *, is_group: bool = False) -> dict[int, dict[str, Any]]:
    group = "yes" if is_group else "no"
    return {one["sequence"]: one for one in browser.get(f"/messages/{me}/{receiver}?group={group}").get_json()}


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["error"]["code"]


def test_an_edited_message_says_so_and_shows_its_earlier_texts(alice: Browser, bob: Browser) -> None:
    sent = send(alice, "bob")
    path = f"/message/{sent['messageId']}"
    edited = alice.patch(path, json={"content": "hello"}).get_json()["message"]
    assert edited["content"] == "hello"
    assert edited["editedAt"] > sent["timestamp"]
    assert edited["timestamp"] == sent["timestamp"]
    assert edited["revision"] == sent["revision"] < edited["changedRevision"]
    assert page(bob, "bob", "alice")[sent["sequence"]] == edited
    alice.patch(path, json={"content": "Hello!"})
    versions = bob.get(f"{path}/versions").get_json()["versions"]
    assert [one["content"] for one in versions] == ["helo", "hello", "Hello!"]
    assert [one["writtenAt"] for one in versions][:2] == [sent["timestamp"], edited["editedAt"]]


def test_an_edit_that_changes_nothing_takes_no_revision(alice: Browser) -> None:
    sent = send(alice, "bob")
    same = alice.patch(f"/message/{sent['messageId']}", json={"content": "helo"}).get_json()["message"]
    assert "editedAt" not in same
    assert send(alice, "bob")["revision"] == sent["revision"] + 1


def test_a_deleted_message_says_who_and_when_and_its_texts_are_gone(app: Flask, alice: Browser, bob: Browser) -> None:
    sent = send(alice, "bob", "first zeppelin")
    path = f"/message/{sent['messageId']}"
    alice.patch(path, json={"content": "second zeppelin"})
    bob.post(f"{path}/reactions", json={"emoji": "👍"})
    deleted = alice.delete(path, json={}).get_json()["message"]
    assert (deleted["content"], deleted["deletedBy"]) == ("", "alice")
    assert deleted["deletedAt"] > sent["timestamp"]
    assert not {"editedAt", "reactions"} & deleted.keys()
    assert page(bob, "bob", "alice")[sent["sequence"]] == deleted
    with app.app_context():
        for query in ("SELECT content FROM message", "SELECT content FROM message_version"):
            assert not [row for row in db.session.execute(text(query)) if "zeppelin" in row[0]]
    for answer in (
        alice.patch(path, json={"content": "again"}),
        bob.post(f"{path}/reactions", json={"emoji": "👍"}),
        bob.get(f"{path}/versions"),
    ):
        assert refusal(answer) == (409, "message_deleted")
    assert alice.delete(path, json={}).get_json()["message"] == deleted, "a retry is harmless"


def test_the_last_message_of_the_list_is_the_changed_one(alice: Browser, browse: Browse, make_group: MakeGroup) -> None:
    group = make_group("alice", "carol")
    sent = send(alice, group, group=True)
    alice.patch(f"/message/{sent['messageId']}", json={"content": "hello"})
    listed = browse("carol").get("/conversations").get_json()["conversations"]
    (last,) = [one["lastMessage"] for one in listed if one["receiver"] == group]
    assert (last["content"], "editedAt" in last) == ("hello", True)


@pytest.mark.parametrize("verb", ["edit", "delete"])
def test_only_the_sender_changes_a_private_message(alice: Browser, bob: Browser, browse: Browse, verb: str) -> None:
    path = f"/message/{send(alice, 'bob')['messageId']}"

    def attempt(browser: Browser) -> Any:
        return browser.patch(path, json={"content": "x"}) if verb == "edit" else browser.delete(path, json={})

    assert refusal(attempt(bob)) == (403, "forbidden")
    assert refusal(attempt(browse("mallory"))) == (404, "not_found")


@pytest.mark.parametrize(("role", "may"), [("owner", True), ("admin", True), ("member", False)])
def test_who_deletes_messages_of_others_in_a_group(
    alice: Browser, bob: Browser, browse: Browse, make_group: MakeGroup, role: str, may: bool
) -> None:
    group = make_group("alice", "bob", "carol")
    alice.put(f"/group/{group}/members/bob", json={"role": role})
    path = f"/message/{send(browse('carol'), group, group=True)['messageId']}"
    assert refusal(bob.patch(path, json={"content": "x"})) == (403, "forbidden")
    answer = bob.delete(path, json={})
    assert (answer.status_code == 200) == may
    if may:
        assert answer.get_json()["message"]["deletedBy"] == "bob"
    else:
        assert refusal(answer) == (403, "forbidden")


@pytest.mark.parametrize("message_id", ["1", "1-", "-1", "x-1", "1-1-1", "01-1", "999999-1", f"{2**70}-1"])
def test_an_unknown_message_is_not_found(alice: Browser, message_id: str) -> None:
    assert refusal(alice.patch(f"/message/{message_id}", json={"content": "x"})) == (404, "not_found")


def test_messages_before_a_member_joined_are_not_theirs_to_see(
    alice: Browser, bob: Browser, make_group: MakeGroup
) -> None:
    group = make_group("alice")
    alice.patch(f"/group/{group}", json={"sharesHistory": False})
    path = f"/message/{send(alice, group, 'before bob', group=True)['messageId']}"
    alice.patch(path, json={"content": "before bob!"})
    alice.post(f"/group/{group}/members", json={"users": [{"username": "bob"}]})
    for answer in (
        bob.get(f"{path}/versions"),
        bob.get(f"{path}/reactions"),
        bob.post(f"{path}/reactions", json={"emoji": "👍"}),
    ):
        assert refusal(answer) == (404, "not_found")
    answered = send(alice, group, "after", group=True, replyTo=1)
    assert page(bob, "bob", group, is_group=True)[answered["sequence"]]["replyTo"] == {
        "sequence": 1,
        "sender": None,
        "content": None,
    }
    own = page(alice, "alice", group, is_group=True)[answered["sequence"]]["replyTo"]
    assert own == {"sequence": 1, "sender": "alice", "content": "before bob!"}


def test_reactions_are_counted_and_toggled(alice: Browser, bob: Browser) -> None:
    sent = send(alice, "bob")
    path = f"/message/{sent['messageId']}/reactions"
    first = bob.post(path, json={"emoji": "👍"}).get_json()["message"]["reactions"]
    assert first == [{"emoji": "👍", "count": 1, "usernames": ["bob"], "mine": True}]
    alice.post(path, json={"emoji": "👍\ufe0f"})
    alice.post(path, json={"emoji": "❤"})
    alice.post(path, json={"emoji": "❤️"})
    assert page(bob, "bob", "alice")[sent["sequence"]]["reactions"] == [
        {"emoji": "👍", "count": 2, "usernames": ["bob", "alice"], "mine": True},
        {"emoji": "❤️", "count": 1, "usernames": ["alice"], "mine": False},
    ], "the forms of an emoji are one reaction"
    assert bob.get(path).get_json() == {"reactions": {"👍": ["bob", "alice"], "❤️": ["alice"]}}
    bob.post(path, json={"emoji": "👍", "on": False})
    bob.post(path, json={"emoji": "👍", "on": False})
    assert bob.get(path).get_json() == {"reactions": {"👍": ["alice"], "❤️": ["alice"]}}


@pytest.mark.parametrize("emoji", ["a", "", "👍👍", "1", "👍 ", "<b>", "\u200d", "🏽👍"])
def test_a_reaction_is_one_emoji(alice: Browser, emoji: str) -> None:
    path = f"/message/{send(alice, 'bob')['messageId']}/reactions"
    assert refusal(alice.post(path, json={"emoji": emoji})) == (422, "invalid_input")


@pytest.mark.parametrize("emoji", ["👍🏽", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇨🇭", "1️⃣", "❤️‍🔥"])
def test_emoji_of_several_code_points_are_reactions(alice: Browser, emoji: str) -> None:
    path = f"/message/{send(alice, 'bob')['messageId']}/reactions"
    assert alice.post(path, json={"emoji": emoji}).get_json()["message"]["reactions"][0]["emoji"] == emoji


def test_different_reactions_are_limited(alice: Browser, bob: Browser) -> None:
    path = f"/message/{send(alice, 'bob')['messageId']}/reactions"
    faces = [chr(number) for number in range(0x1F600, 0x1F600 + MOST_EMOJI)]
    for emoji in faces:
        assert alice.post(path, json={"emoji": emoji}).status_code == 200
    assert refusal(alice.post(path, json={"emoji": "👍"})) == (409, "limit_reached")
    assert bob.post(path, json={"emoji": faces[0]}).status_code == 200, "one that is there already"


def test_versions_are_limited(alice: Browser) -> None:
    path = f"/message/{send(alice, 'bob')['messageId']}"
    for number in range(MOST_VERSIONS):
        assert alice.patch(path, json={"content": f"text {number}"}).status_code == 200
    assert refusal(alice.patch(path, json={"content": "one more"})) == (409, "limit_reached")


def test_an_answer_has_the_beginning_of_the_answered_message(alice: Browser, bob: Browser) -> None:
    sent = send(alice, "bob", "long " * 100)
    answered = send(bob, "alice", "yes", replyTo=sent["sequence"])
    assert answered["replyTo"] == {"sequence": sent["sequence"], "sender": "alice", "content": ("long " * 100)[:200]}
    alice.patch(f"/message/{sent['messageId']}", json={"content": "short"})
    assert page(alice, "alice", "bob")[answered["sequence"]]["replyTo"]["content"] == "short"
    alice.delete(f"/message/{sent['messageId']}", json={})
    assert page(alice, "alice", "bob")[answered["sequence"]]["replyTo"]["content"] == ""


def test_a_message_that_is_not_there_cannot_be_answered(alice: Browser) -> None:
    sent = send(alice, "bob")
    body = {"receiver": "bob", "content": "x", "replyTo": sent["sequence"] + 1}
    assert refusal(alice.post("/messages", json=body)) == (404, "not_found")
    assert send(alice, "bob")["sequence"] == sent["sequence"] + 1, "nothing was stored"


def test_after_the_time_for_changes_only_moderators_delete(make_app: Callable[..., Flask]) -> None:
    app = make_app(edit_seconds=60)
    alice, bob = (app.test_client() for _ in range(2))
    headers = {
        name: {"auth-token": browser.post("/login", json={"username": name}).headers["auth-token"]}
        for name, browser in (("alice", alice), ("bob", bob))
    }
    body = {"groupName": "Lunch", "users": [{"username": "bob"}]}
    group = alice.post("/group", json=body, headers=headers["alice"]).get_json()["newGroup"]["groupId"]
    posted = {"receiver": group, "group": True, "content": "hello"}
    sent = bob.post("/messages", json=posted, headers=headers["bob"]).get_json()["response"]
    path = f"/message/{sent['messageId']}"
    assert bob.patch(path, json={"content": "in time"}, headers=headers["bob"]).status_code == 200
    with app.app_context():
        db.session.execute(text("UPDATE message SET created_at = created_at - 61000000"))
        db.session.commit()
    assert refusal(bob.patch(path, json={"content": "x"}, headers=headers["bob"])) == (403, "too_late")
    assert refusal(bob.delete(path, json={}, headers=headers["bob"])) == (403, "too_late")
    assert alice.delete(path, json={}, headers=headers["alice"]).status_code == 200


def test_a_pinned_message_is_listed_until_it_is_unpinned(alice: Browser, bob: Browser, browse: Browse) -> None:
    first, second = send(alice, "bob", "first"), send(alice, "bob", "second")
    pinned = bob.put(f"/message/{first['messageId']}/pin", json={}).get_json()["message"]
    assert (pinned["pinnedBy"], pinned["content"]) == ("bob", "first")
    alice.put(f"/message/{second['messageId']}/pin", json={})
    assert [one["messageId"] for one in alice.get("/pinned/bob").get_json()["messages"]][-2:] == [
        first["messageId"],
        second["messageId"],
    ]
    alice.put(f"/message/{first['messageId']}/pin", json={"on": False})
    alice.delete(f"/message/{second['messageId']}", json={})
    left = {one["messageId"] for one in bob.get("/pinned/alice").get_json()["messages"]}
    assert not left & {first["messageId"], second["messageId"]}
    assert refusal(browse("mallory").put(f"/message/{first['messageId']}/pin", json={})) == (404, "not_found")
    assert browse("mallory").get("/pinned/alice").get_json() == {"messages": []}


@pytest.mark.parametrize(
    ("role", "pinners", "may"), [("member", "everybody", True), ("member", "admins", False), ("admin", "admins", True)]
)
def test_a_group_says_who_pins(
    alice: Browser, bob: Browser, make_group: MakeGroup, role: str, pinners: str, may: bool
) -> None:
    group = make_group("alice", "bob")
    alice.put(f"/group/{group}/members/bob", json={"role": role})
    alice.patch(f"/group/{group}", json={"pinners": pinners})
    path = f"/message/{send(alice, group, group=True)['messageId']}/pin"
    answer = bob.put(path, json={})
    assert (answer.status_code == 200) == may
    if not may:
        assert refusal(answer) == (403, "forbidden")


@pytest.mark.slow
def test_pins_are_limited(alice: Browser, make_group: MakeGroup) -> None:
    group = make_group("alice")
    ids = [send(alice, group, group=True)["messageId"] for _ in range(MOST_PINS + 1)]
    for message_id in ids[:-1]:
        assert alice.put(f"/message/{message_id}/pin", json={}).status_code == 200
    assert refusal(alice.put(f"/message/{ids[-1]}/pin", json={})) == (409, "limit_reached")
