"""Mentions over HTTP: what a message carries, what counts as unread, the level of a conversation, and the search."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
MakeGroup = Callable[..., str]


def send(browser: Browser, receiver: str, content: str, *, group: bool = True) -> dict[str, Any]:
    answer = browser.post("/messages", json={"receiver": receiver, "content": content, "group": group})
    assert answer.status_code == 200, answer.text
    message: dict[str, Any] = answer.get_json()["response"]
    return message


def unread(browser: Browser, receiver: str) -> list[int]:
    listed = browser.get("/conversations").get_json()["conversations"]
    found: list[int] = next(one["unreadMentions"] for one in listed if one["receiver"] == receiver)
    return found


def finds(browser: Browser, q: str) -> list[str]:
    answer = browser.get("/search", query_string={"q": q})
    assert answer.status_code == 200, answer.text
    return [hit["message"]["content"] for hit in answer.get_json()["hits"]]


@pytest.fixture
def group(make_group: MakeGroup) -> str:
    return make_group("alice", "bob", "carol")


def test_a_mention_is_in_the_message_and_counts_until_it_is_read(browse: Browse, group: str) -> None:
    alice, bob, carol = browse("alice"), browse("bob"), browse("carol")
    sent = send(alice, group, "😀 @Bob, look")
    place = {"start": 3, "end": 7, "kind": "user", "username": "bob"}
    assert sent["mentions"] == [place]
    assert "mentions" not in send(alice, group, "nobody@example.org")
    send(bob, group, "@bob and @carol")
    send(alice, group, "@group `@bob`")
    page = bob.get(f"/messages/bob/{group}?group=yes").get_json()
    assert page[0]["mentions"] == [place]
    assert page[3]["mentions"] == [{"start": 0, "end": 6, "kind": "group"}]
    # Bob has read up to his own message.
    assert (unread(alice, group), unread(bob, group), unread(carol, group)) == ([], [4], [3, 4])
    marked = {"receiver": group, "group": True, "unreadFrom": 1}
    assert bob.patch("/preferences", json=marked).status_code == 200
    assert unread(bob, group) == [1, 4]


def test_an_edit_and_a_deletion_change_who_is_mentioned(browse: Browse, group: str) -> None:
    alice, bob, carol = browse("alice"), browse("bob"), browse("carol")
    sent = send(alice, group, "@bob")
    path = f"/message/{sent['messageId']}"
    edited = alice.patch(path, json={"content": "now @carol"}).get_json()["message"]
    assert [one["username"] for one in edited["mentions"]] == ["carol"]
    assert (unread(bob, group), unread(carol, group)) == ([], [1])
    assert "mentions" not in alice.patch(path, json={"content": "nobody"}).get_json()["message"]
    alice.patch(path, json={"content": "@bob"})
    assert unread(bob, group) == [1]
    assert "mentions" not in alice.delete(path).get_json()["message"]
    assert unread(bob, group) == []


def test_only_the_members_are_mentioned(browse: Browse, group: str) -> None:
    alice, bob = browse("alice"), browse("bob")
    assert "mentions" not in send(alice, group, "@mallory")
    sent = send(alice, "bob", "@bob @carol @alice @group", group=False)
    assert [one.get("username") for one in sent["mentions"]] == ["bob"]
    assert unread(bob, "alice")[-1] == sent["sequence"]


def test_here_mentions_nobody_who_is_offline(browse: Browse, group: str) -> None:
    alice, bob = browse("alice"), browse("bob")
    assert send(alice, group, "@here")["mentions"] == [{"start": 0, "end": 5, "kind": "here"}]
    assert bob.get(f"/messages/bob/{group}?group=yes").get_json()[0]["mentions"][0]["mine"] is False
    assert unread(bob, group) == []


def test_the_search_finds_mentions_of_the_caller(browse: Browse, group: str) -> None:
    alice, bob, mallory = browse("alice"), browse("bob"), browse("mallory")
    send(alice, group, "@bob tea")
    send(alice, group, "@group cake")
    send(bob, group, "@bob mine, @group too")
    send(alice, group, "bob, without")
    gone = send(alice, group, "@bob gone")
    alice.delete(f"/message/{gone['messageId']}")
    send(alice, "bob", "@bob private", group=False)
    # Other tests in the same database mention bob, too.
    assert finds(bob, "mentions:me")[:3] == ["@bob private", "@group cake", "@bob tea"]
    assert finds(bob, "mentions:me tea") == ["@bob tea"]
    assert finds(bob, "mentions:me from:alice cake") == ["@group cake"]
    assert finds(mallory, "mentions:me") == []
    assert browse("bob").get("/search", query_string={"q": "mentions:carol"}).status_code in (400, 422)


def test_the_level_of_mentions_is_kept(browse: Browse, group: str) -> None:
    bob = browse("bob")
    answer = bob.patch("/preferences", json={"receiver": group, "group": True, "level": "mentions"})
    assert answer.get_json()["preferences"]["level"] == "mentions"


def test_the_last_message_of_a_conversation_has_its_mentions(browse: Browse, group: str) -> None:
    sent = send(browse("alice"), group, "@bob")
    listed = browse("bob").get("/conversations").get_json()["conversations"]
    last = next(one["lastMessage"] for one in listed if one["receiver"] == group)
    assert last["mentions"] == sent["mentions"] != []
