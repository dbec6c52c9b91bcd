"""Threads by events and by sync: a follower who was away catches up, and a removed member hears no more."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.sync.test_removal import NAMESPACE, Person


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(sockets=True, delivery_ack_window=0)


def emit(person: Person, event: str, payload: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = person.socket.emit(event, payload, namespace=NAMESPACE, callback=True)
    return answer


def test_a_follower_who_was_away_catches_up_and_a_removed_member_hears_no_more(app: Flask) -> None:
    alice, bob = Person(app, "alice").connect(), Person(app, "bob").connect()
    body = {"groupName": "Lunch", "users": [{"username": "bob"}]}
    group_id = alice.http.post("/group", json=body).get_json()["newGroup"]["groupId"]
    alice.say(group_id, "lunch?")
    bob.socket.disconnect(namespace=NAMESPACE)
    alice.received("newgrp")

    thread_id = emit(alice, "openThread", {"messageId": f"{group_id}-1"})["thread"]["receiver"]
    assert alice.received("newgrp") == [], "a thread is no group to the old client"
    bob.http.put(f"/thread/{thread_id}/following", json={"on": True})
    alice.say(thread_id, "one")

    bob.connect()
    state = emit(bob, "sync", {"userRevision": 0, "conversations": []})
    (thread,) = [one for one in state["conversations"] if one["receiver"] == thread_id]
    assert thread["conversation"]["threadOf"] == {"receiver": group_id, "group": True, "sequence": 1}
    assert thread["conversation"]["unread"] == 1
    alice.say(thread_id, "two")
    assert [one["response"]["content"] for one in bob.received("response")] == ["two"]

    alice.http.delete(f"/group/{group_id}/members/bob")
    alice.say(thread_id, "three")
    assert bob.received("response") == []
    known = [{"receiver": thread_id, "group": True, "revision": 1, "watermarks": 0}]
    gone = emit(bob, "sync", {"userRevision": state["userRevision"], "conversations": known})["gone"]
    assert {"receiver": thread_id, "group": True} in gone
    assert emit(bob, "followThread", {"threadId": thread_id})["error"]["code"] == "not_found"
    refused = emit(bob, "groupMessage", {"sender": "bob", "receiver": thread_id, "content": "still here"})
    assert refused["error"]["code"] == "not_a_member"
    assert emit(alice, "followThread", {"threadId": thread_id, "on": False}) == {"success": True}
