"""Each event climbs one ladder with Flask-SocketIO's test client: works, unauthenticated, outsider, malformed, missing,
repeated. What needs real sockets is in the other files."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIOTestClient

from tests.conftest import Browser
from tests.realtime.wire import private

NAMESPACE = "/chat"

Door = Callable[..., "Socket"]


class Socket:
    """A person at the socket's door."""

    def __init__(self, client: SocketIOTestClient, browser: Browser) -> None:
        self.client = client
        self.browser = browser

    @property
    def is_connected(self) -> bool:
        return bool(self.client.is_connected(NAMESPACE))

    def call(self, event: str, *payloads: Any) -> Any:
        return self.client.emit(event, *payloads, namespace=NAMESPACE, callback=True)

    def received(self, name: str) -> list[Any]:
        return [one["args"][0] for one in self.client.get_received(NAMESPACE) if one["name"] == name]


@pytest.fixture
def door(make_app: Callable[..., Flask]) -> Door:
    """`door("alice")` is alice, connected; `door("alice", auth=...)` with something else than her token."""
    app = make_app(sockets=True)
    app.test_client_class = Browser

    def enter(username: str, **options: Any) -> Socket:
        browser = app.test_client()
        assert isinstance(browser, Browser)
        token = browser.post("/login", json={"username": username}).headers["auth-token"]
        options = {"auth": {"token": token}, **options}
        sockets = app.extensions["socketio"]
        client = sockets.test_client(app, namespace=NAMESPACE, flask_test_client=app.test_client(), **options)
        return Socket(client, browser)

    return enter


@pytest.fixture
def group(door: Door) -> str:
    """A group of alice and bob, as an id."""
    ack = door("alice").call("createGroup", {"groupName": "Two", "users": [{"username": "bob"}]})
    number: str = ack["newGroup"]["groupId"]
    return number


def _code(ack: Any) -> str:
    assert ack["success"] is False
    assert ack["response"] == ack["error"]["message"]
    assert set(ack["error"]) == {"code", "message", "details"}
    code: str = ack["error"]["code"]
    return code


def test_the_door_opens_with_a_token_and_not_without(door: Door) -> None:
    assert door("alice").is_connected
    for auth in (None, {}, {"token": ""}, {"token": "x"}, {"token": 7}):
        assert not door("alice", auth=auth).is_connected


def test_the_door_closes_behind_a_session_that_ended(door: Door) -> None:
    alice, bob = door("alice"), door("bob")
    assert alice.browser.post("/logout").status_code == 200
    names = [one["name"] for one in alice.client.queue]
    assert names.count("token-expired") == 1
    assert not alice.is_connected
    assert bob.is_connected


def test_a_private_message_is_stored_shown_and_acked(door: Door) -> None:
    alice, bob = door("alice"), door("bob")
    ack = alice.call("privateMessage", private("alice", "bob", "hi"))
    assert ack["success"] is True
    for one in (alice, bob):
        (shown,) = one.received("response")
        assert shown["response"]["messageId"] == ack["response"]["messageId"]
    (stored,) = alice.browser.get("/messages/alice/bob").get_json()
    assert stored["content"] == "hi"


def test_a_group_message_is_stored_shown_and_acked(door: Door, group: str) -> None:
    alice, bob, mallory = door("alice"), door("bob"), door("mallory")
    ack = alice.call("groupMessage", private("alice", group, "hi all"))
    assert ack["success"] is True
    assert len(alice.received("response")) == len(bob.received("response")) == 1
    assert mallory.received("response") == []


def test_a_group_is_made_announced_and_acked(door: Door) -> None:
    alice, bob, mallory = door("alice"), door("bob"), door("mallory")
    ack = alice.call("createGroup", {"groupName": "Trio", "users": [{"username": "bob"}, {"username": "carol"}]})
    assert ack["success"] is True
    assert len(alice.received("newgrp")) == len(bob.received("newgrp")) == 1
    assert mallory.received("newgrp") == []


def test_reading_is_acked_and_kept(door: Door) -> None:
    alice, bob = door("alice"), door("bob")
    alice.call("privateMessage", private("alice", "bob", "read me"))
    assert bob.call("markRead", {"receiver": "alice", "sequence": 1}) == {"success": True}
    (talk,) = bob.browser.get("/conversations").get_json()["conversations"]
    assert (talk["readSequence"], talk["unread"]) == (1, 0)


def test_an_outsider_is_refused_at_every_event(door: Door, group: str) -> None:
    mallory = door("mallory")
    assert _code(mallory.call("groupMessage", private("mallory", group, "hi"))) == "not_a_member"
    assert _code(mallory.call("createGroup", {"groupId": group})) == "not_a_member"
    assert _code(mallory.call("markRead", {"receiver": group, "group": True, "sequence": 0})) == "not_a_member"
    assert door("alice").call("markRead", {"receiver": group, "group": True, "sequence": 0}) == {"success": True}


def test_a_forged_sender_is_refused(door: Door, group: str) -> None:
    mallory, alice = door("mallory"), door("alice")
    assert _code(mallory.call("privateMessage", private("alice", "bob", "I am alice"))) == "forged_sender"
    assert _code(mallory.call("groupMessage", private("alice", group, "I am alice"))) == "forged_sender"
    assert alice.received("response") == []
    assert mallory.call("privateMessage", private("mallory", "bob", "I am mallory"))["success"] is True


@pytest.mark.parametrize("event", ["privateMessage", "groupMessage", "createGroup", "markRead"])
def test_what_is_malformed_or_missing_is_refused(door: Door, event: str) -> None:
    alice = door("alice")
    for payloads in ((), (None,), ("x",), ([],), (7,)):
        assert _code(alice.call(event, *payloads)) == "malformed"
    ack = alice.call(event, {"unknown": 1})
    assert _code(ack) == "invalid_input"
    assert ack["error"]["details"]["fields"]


def test_what_does_not_exist_is_not_found(door: Door) -> None:
    alice = door("alice")
    assert _code(alice.call("privateMessage", private("alice", "nobody", "hi"))) == "not_found"
    assert _code(alice.call("groupMessage", private("alice", "12345", "hi"))) == "not_found"
    assert _code(alice.call("createGroup", {"groupId": "12345"})) == "not_found"
    assert _code(alice.call("createGroup", {"groupName": "x", "users": [{"username": "nobody"}]})) == "not_found"
    assert _code(alice.call("markRead", {"receiver": "nobody", "sequence": 0})) == "not_found"
    assert _code(alice.call("anything else", {})) == "unknown_event"


def test_a_repeat_is_stored_once(door: Door, group: str) -> None:
    alice, bob = door("alice"), door("bob")
    for event, receiver in (("privateMessage", "bob"), ("groupMessage", group)):
        payload = private("alice", receiver, "once", clientId=str(uuid.uuid4()))
        assert alice.call(event, payload) == alice.call(event, payload)
        assert len(bob.received("response")) == 1
    assert alice.call("markRead", {"receiver": "bob", "sequence": 1}) == {"success": True}
    assert alice.call("markRead", {"receiver": "bob", "sequence": 1}) == {"success": True}
    for _ in range(2):
        assert alice.call("createGroup", {"groupId": group})["success"] is True
    assert bob.received("newgrp") == []
