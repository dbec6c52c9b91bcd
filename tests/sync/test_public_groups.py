"""Public and announcement groups over sockets: the same rules as over HTTP, at once, and nothing for outsiders."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.sync.connection import NAMESPACE, Connection


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(sockets=True, delivery_ack_window=0)


def names_of_events(connection: Connection) -> list[str]:
    return [event["name"] for event in connection.socket.get_received(NAMESPACE)]


def code(ack: dict[str, object]) -> object:
    assert ack["success"] is False
    error = ack["error"]
    assert isinstance(error, dict)
    return error["code"]


def test_a_group_is_found_and_joined_by_events_and_its_messages_come_from_then_on(app: Flask) -> None:
    alice, bob, away = Connection(app, "alice"), Connection(app, "bob"), Connection(app, "bob")
    made = alice.emit("createGroup", {"groupName": "Open house", "topic": "Come in", "isPublic": True})["newGroup"]
    group_id = made["groupId"]
    for connection in (bob, away):
        connection.client.sync()
    away.is_away = True
    names_of_events(bob)
    alice.emit("groupMessage", {"sender": "alice", "receiver": group_id, "content": "before"})
    alice.emit("changeGroup", {"groupId": group_id, "topic": "Do come in"})
    assert names_of_events(bob) == [], "who is not in a public group hears nothing of it"
    found = bob.emit("findGroups", {"name": "OPEN", "limit": 1})
    assert (found["success"], found["next"], found["groups"][0]["topic"]) == (True, None, "Do come in")
    assert bob.emit("joinGroup", {"groupId": group_id})["group"]["role"] == "member"
    alice.emit("groupMessage", {"sender": "alice", "receiver": group_id, "content": "welcome"})
    bob.drain()
    away.client.sync()
    for client in (bob.client, away.client):
        known = client.conversations[group_id, True]
        assert [message["content"] for message in known.messages.values()] == ["before", "welcome"]
        assert known.members == {"alice": "owner", "bob": "member"}
        assert (known.role, known.details["topic"]) == ("member", "Do come in")
    alice.drain()
    assert set(alice.client.conversations[group_id, True].members) == {"alice", "bob"}


def test_events_about_public_groups_are_refused_as_over_http(app: Flask) -> None:
    alice, bob = Connection(app, "alice"), Connection(app, "bob")
    private = alice.emit("createGroup", {"groupName": "Closed house"})["newGroup"]["groupId"]
    assert bob.emit("findGroups", {"name": "closed"})["groups"] == []
    for group_id in (private, "999999"):
        assert code(bob.emit("joinGroup", {"groupId": group_id})) == "not_found"
    assert code(bob.emit("joinGroup", {})) == "invalid_input"
    for payload in ({"limit": "5"}, {"limit": 0}, {"after": "x"}, {"name": 7}):
        assert code(bob.emit("findGroups", payload)) == "invalid_input"
    assert code(bob.emit("changeGroup", {"groupId": private, "isPublic": True})) == "not_a_member"


def test_an_announcement_group_refuses_members_by_events_too_and_the_setting_applies_at_once(app: Flask) -> None:
    alice, bob = Connection(app, "alice"), Connection(app, "bob")
    body = {"groupName": "News", "users": [{"username": "bob"}], "writers": "admins"}
    group_id = alice.emit("createGroup", body)["newGroup"]["groupId"]
    said = {"sender": "bob", "receiver": group_id, "content": "hello"}
    assert code(bob.emit("groupMessage", said)) == "only_admins_write"
    assert alice.emit("groupMessage", {**said, "sender": "alice"})["success"] is True
    assert alice.emit("changeGroup", {"groupId": group_id, "writers": "everybody"})["success"] is True
    assert bob.emit("groupMessage", said)["success"] is True
    assert code(bob.emit("changeGroup", {"groupId": group_id, "writers": "everybody"})) == "forbidden"
