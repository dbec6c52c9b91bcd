"""Removal from a group takes effect at once on open sockets, and on sockets that are connecting."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from chatapp.actions import group_members, stored_watermarks
from chatapp.actions.sessions import Caller
from tests.conftest import Browser

NAMESPACE = "/chat"


class Person:
    """A signed-in user. `connect` opens a socket."""

    def __init__(self, app: Flask, username: str) -> None:
        self.app = app
        self.username = username
        app.test_client_class = Browser
        self.http: Any = app.test_client()
        self.token = self.http.post("/login", json={"username": username}).headers["auth-token"]
        self.socket: Any = None

    def connect(self) -> "Person":
        query = f"?token={self.token}"
        self.socket = self.app.extensions["socketio"].test_client(self.app, namespace=NAMESPACE, query_string=query)
        return self

    def received(self, name: str) -> list[Any]:
        return [one["args"][0] for one in self.socket.get_received(NAMESPACE) if one["name"] == name]

    def say(self, group_id: str, content: str) -> None:
        body = {"receiver": group_id, "group": True, "content": content}
        assert self.http.post("/messages", json=body).status_code == 200


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(sockets=True, delivery_ack_window=0)


@pytest.fixture
def alice_and_bob(app: Flask) -> tuple[Person, Person, str]:
    """alice (connected), bob (not connected), and the id of a group that alice owns and bob is a member of."""
    alice, bob = Person(app, "alice").connect(), Person(app, "bob")
    body = {"groupName": "Lunch", "users": [{"username": "bob"}]}
    group_id = alice.http.post("/group", json=body).get_json()["newGroup"]["groupId"]
    return alice, bob, group_id


def test_a_removed_member_receives_no_further_messages(alice_and_bob: tuple[Person, Person, str]) -> None:
    alice, bob, group_id = alice_and_bob
    bob.connect()
    other_tab = Person(bob.app, "bob").connect()
    alice.say(group_id, "before")
    assert alice.http.delete(f"/group/{group_id}/members/bob").status_code == 200
    alice.say(group_id, "after")
    alice.http.patch(f"/group/{group_id}", json={"groupName": "Without bob"})
    for tab in (bob, other_tab):
        events = tab.socket.get_received(NAMESPACE)
        assert [one["args"][0]["response"]["content"] for one in events if one["name"] == "response"] == ["before"]
        changes = [one["args"][0] for one in events if one["name"] == "change"]
        assert [(one["kind"], one["conversation"]) for one in changes] == [("conversation", None)]
    assert [one["kind"] for one in alice.received("change")][-2:] == ["members", "details"]


def test_a_member_removed_while_connecting_enters_no_room(
    alice_and_bob: tuple[Person, Person, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob, group_id = alice_and_bob
    read = stored_watermarks.memberships_of

    def remove_behind(user_id: int) -> list[stored_watermarks.OwnMembership]:
        """The removal commits between reading bob's memberships and entering their rooms."""
        found = read(user_id)
        monkeypatch.setattr(stored_watermarks, "memberships_of", read)
        owner = Caller(alice_id, "alice", "", None)  # type: ignore[arg-type]
        group_members.remove_other_member(bob.app.extensions["chatapp.journal"], owner, group_id, "bob")
        return found

    alice_id = bob.app.extensions["chatapp.dispatcher"].connections.user_ids()[0]
    monkeypatch.setattr(stored_watermarks, "memberships_of", remove_behind)
    bob.connect()
    alice.say(group_id, "after")
    assert bob.received("response") == []


def test_an_added_member_receives_later_messages(alice_and_bob: tuple[Person, Person, str], app: Flask) -> None:
    alice, _, group_id = alice_and_bob
    carol, mallory = Person(app, "carol").connect(), Person(app, "mallory").connect()
    alice.say(group_id, "before")
    alice.http.post(f"/group/{group_id}/members", json={"users": [{"username": "carol"}]})
    alice.say(group_id, "after")
    events = carol.socket.get_received(NAMESPACE)
    assert [one["args"][0]["response"]["content"] for one in events if one["name"] == "response"] == ["after"]
    (joined,) = [
        one["args"][0] for one in events if one["name"] == "change" and one["args"][0]["kind"] == "conversation"
    ]
    assert joined["conversation"]["lastMessage"]["content"] == "before"
    assert mallory.received("response") == mallory.received("change") == []
