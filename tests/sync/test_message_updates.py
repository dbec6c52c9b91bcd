"""Changed messages reach those who may see them, in few events."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from chatapp.actions.change_log import Position, changes_between
from chatapp.actions.message_updates import MessageUpdate
from chatapp.notices import ConversationChanged
from chatapp.realtime import bursts
from tests.sync.test_removal import Person

PATIENCE_SECONDS = 30


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(sockets=True, delivery_ack_window=0)


def send(person: Person, receiver: str, content: str, *, is_group: bool = False) -> dict[str, Any]:
    body = {"receiver": receiver, "group": is_group, "content": content}
    message: dict[str, Any] = person.http.post("/messages", json=body).get_json()["response"]
    return message


def test_both_users_of_a_private_conversation_receive_an_edit(app: Flask) -> None:
    alice, bob, carol = (Person(app, name).connect() for name in ("alice", "bob", "carol"))
    message = send(alice, "bob", "helo")
    alice.http.patch(f"/message/{message['messageId']}", json={"content": "hello"})
    for person, other in ((alice, "bob"), (bob, "alice")):
        (change,) = [one for one in person.received("change") if one["kind"] == "update"]
        assert (change["receiver"], change["group"]) == (other, False)
        assert change["update"]["content"] == "hello"
        assert change["revision"] == change["update"]["changedRevision"] == message["revision"] + 1
    assert carol.received("change") == []


def test_who_may_not_see_a_message_receives_no_update_of_it(app: Flask) -> None:
    alice, bob, carol = (Person(app, name).connect() for name in ("alice", "bob", "carol"))
    body = {"groupName": "Lunch", "users": [{"username": "carol"}], "sharesHistory": False}
    group = alice.http.post("/group", json=body).get_json()["newGroup"]["groupId"]
    before = send(alice, group, "before bob", is_group=True)
    alice.http.post(f"/group/{group}/members", json={"users": [{"username": "bob"}]})
    after = send(alice, group, "after bob", is_group=True)
    alice.http.patch(f"/message/{before['messageId']}", json={"content": "not for bob"})
    alice.http.patch(f"/message/{after['messageId']}", json={"content": "for all"})
    texts = {
        person.username: [one["update"]["content"] for one in person.received("change") if one["kind"] == "update"]
        for person in (bob, carol)
    }
    assert texts == {"bob": ["for all"], "carol": ["not for bob", "for all"]}
    query = f"/sync?group={group}:{before['revision']}:0"
    answer = bob.http.get(query).get_json()["conversations"][0]
    assert "not for bob" not in str(answer)
    assert answer["revision"] == after["revision"] + 2


def test_reactions_that_follow_each_other_come_as_few_events(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    # On a busy machine thirty requests take seconds.
    monkeypatch.setattr(bursts, "INTERVAL_SECONDS", 1.0)
    alice, bob = (Person(app, name).connect() for name in ("alice", "bob"))
    message = send(alice, "bob", "hello")
    started = time.monotonic()
    faces = [chr(number) for number in range(0x1F600, 0x1F600 + 30)]
    for emoji in faces:
        bob.http.post(f"/message/{message['messageId']}/reactions", json={"emoji": emoji})
    events: list[Any] = []
    while not events or len(events[-1]["update"]["reactions"]) < len(faces):
        events += [one for one in alice.received("change") if one["kind"] == "update"]
        assert time.monotonic() < started + PATIENCE_SECONDS, "the last reaction has not arrived"
        time.sleep(0.02)
    assert [one["emoji"] for event in events for one in event["update"]["reacted"]] == faces
    assert len(events) <= 2 + (time.monotonic() - started) / bursts.INTERVAL_SECONDS
    assert len(events) < len(faces) / 2


def test_a_message_does_not_wait_for_reactions_and_comes_after_them(app: Flask) -> None:
    alice, bob = (Person(app, name).connect() for name in ("alice", "bob"))
    message = send(alice, "bob", "hello")
    path = f"/message/{message['messageId']}/reactions"
    bob.http.post(path, json={"emoji": "👍"})
    bob.http.post(path, json={"emoji": "🎉"})
    send(bob, "alice", "next")
    received = alice.socket.get_received("/chat")
    order = [
        len(one["args"][0]["update"]["reactions"]) if one["name"] == "change" else one["args"][0]["response"]["content"]
        for one in received
        if one["name"] == "response" or one["args"][0].get("kind") == "update"
    ]
    assert order == ["hello", 1, 2, "next"]


def test_a_text_that_changed_is_sent_although_a_reaction_followed_before_it_was_read(app: Flask) -> None:
    alice, bob = (Person(app, name) for name in ("alice", "bob"))
    message = send(alice, "bob", "helo")
    path, stored = f"/message/{message['messageId']}", message["revision"]
    alice.http.patch(path, json={"content": "hello"})
    for emoji in ("👍", "🎉"):
        bob.http.post(f"{path}/reactions", json={"emoji": emoji})
    conversation_id = int(message["messageId"].split("-")[0])
    parts = []
    with app.app_context():
        for last in (stored + 1, stored + 2, stored + 3):
            ((update,), _) = changes_between(conversation_id, Position(last - 1, None), last)
            assert isinstance(update, MessageUpdate)
            parts.append((update.revision - stored, update.content, [one.emoji for one in update.reacted]))
    assert parts == [(1, "hello", []), (2, None, ["👍"]), (3, None, ["🎉"])]


def test_the_changes_of_a_burst_are_sent_in_full() -> None:
    sent: list[tuple[int, int, int]] = []
    waits: list[Callable[[], None]] = []
    joined = bursts.Bursts(
        lambda notice: sent.append((notice.conversation_id, notice.first, notice.last)), waits.append
    )
    for revision in (5, 7, 6):
        joined.add(ConversationChanged(1, revision, revision, 3, can_wait=True))
    joined.add(ConversationChanged(2, 9, 9, 3, can_wait=True))
    assert sent == [(1, 5, 5), (2, 9, 9)]
    for wait in waits:
        wait()
    assert sent == [(1, 5, 5), (2, 9, 9), (1, 6, 7)]
    joined.add(ConversationChanged(1, 8, 8, 3, can_wait=True))
    assert sent[-1] == (1, 8, 8), "nothing is remembered of a burst that is over"
