"""Tests each event with Flask-SocketIO's test client: works, unauthenticated, outsider, malformed, missing, repeated.

The other files test what needs real sockets.
"""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIOTestClient

from tests.conftest import Browser
from tests.realtime.wire import private

NAMESPACE = "/chat"

ConnectAs = Callable[..., "Socket"]


class Socket:
    """A connection of a user through Flask-SocketIO's test client."""

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
def connect_as(make_app: Callable[..., Flask]) -> ConnectAs:
    """`connect_as("alice")` connects alice. `connect_as("alice", auth=...)` sends other credentials than her token."""
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
def group(connect_as: ConnectAs) -> str:
    """The id of a group of alice and bob."""
    ack = connect_as("alice").call("createGroup", {"groupName": "Two", "users": [{"username": "bob"}]})
    number: str = ack["newGroup"]["groupId"]
    return number


def _code(ack: Any) -> str:
    assert ack["success"] is False
    assert ack["response"] == ack["error"]["message"]
    assert set(ack["error"]) == {"code", "message", "details"}
    code: str = ack["error"]["code"]
    return code


def test_a_connection_is_accepted_only_with_a_valid_token(connect_as: ConnectAs) -> None:
    assert connect_as("alice").is_connected
    for auth in (None, {}, {"token": ""}, {"token": "x"}, {"token": 7}):
        assert not connect_as("alice", auth=auth).is_connected


def test_signing_out_closes_only_the_connections_of_that_session(connect_as: ConnectAs) -> None:
    alice, bob = connect_as("alice"), connect_as("bob")
    assert alice.browser.post("/logout").status_code == 200
    names = [one["name"] for one in alice.client.queue]
    assert names.count("token-expired") == 1
    assert not alice.is_connected
    assert bob.is_connected


def test_a_private_message_is_stored_sent_and_acked(connect_as: ConnectAs) -> None:
    alice, bob = connect_as("alice"), connect_as("bob")
    ack = alice.call("privateMessage", private("alice", "bob", "hi"))
    assert ack["success"] is True
    for one in (alice, bob):
        (shown,) = one.received("response")
        assert shown["response"]["messageId"] == ack["response"]["messageId"]
    (stored,) = alice.browser.get("/messages/alice/bob").get_json()
    assert stored["content"] == "hi"


def test_a_group_message_is_sent_to_members_and_acked(connect_as: ConnectAs, group: str) -> None:
    alice, bob, mallory = connect_as("alice"), connect_as("bob"), connect_as("mallory")
    ack = alice.call("groupMessage", private("alice", group, "hi all"))
    assert ack["success"] is True
    assert len(alice.received("response")) == len(bob.received("response")) == 1
    assert mallory.received("response") == []


def test_a_group_is_created_announced_and_acked(connect_as: ConnectAs) -> None:
    alice, bob, mallory = connect_as("alice"), connect_as("bob"), connect_as("mallory")
    ack = alice.call("createGroup", {"groupName": "Trio", "users": [{"username": "bob"}, {"username": "carol"}]})
    assert ack["success"] is True
    assert len(alice.received("newgrp")) == len(bob.received("newgrp")) == 1
    assert mallory.received("newgrp") == []


def test_mark_read_is_acked_and_stored(connect_as: ConnectAs) -> None:
    alice, bob = connect_as("alice"), connect_as("bob")
    alice.call("privateMessage", private("alice", "bob", "read me"))
    assert bob.call("markRead", {"receiver": "alice", "sequence": 1}) == {"success": True}
    (talk,) = bob.browser.get("/conversations").get_json()["conversations"]
    assert (talk["readSequence"], talk["unread"]) == (1, 0)


def test_every_event_refuses_an_outsider(connect_as: ConnectAs, group: str) -> None:
    mallory = connect_as("mallory")
    assert _code(mallory.call("groupMessage", private("mallory", group, "hi"))) == "not_a_member"
    assert _code(mallory.call("createGroup", {"groupId": group})) == "not_a_member"
    assert _code(mallory.call("markRead", {"receiver": group, "group": True, "sequence": 0})) == "not_a_member"
    assert connect_as("alice").call("markRead", {"receiver": group, "group": True, "sequence": 0}) == {"success": True}


def test_a_forged_sender_is_refused(connect_as: ConnectAs, group: str) -> None:
    mallory, alice = connect_as("mallory"), connect_as("alice")
    assert _code(mallory.call("privateMessage", private("alice", "bob", "I am alice"))) == "forged_sender"
    assert _code(mallory.call("groupMessage", private("alice", group, "I am alice"))) == "forged_sender"
    assert alice.received("response") == []
    assert mallory.call("privateMessage", private("mallory", "bob", "I am mallory"))["success"] is True


@pytest.mark.parametrize("event", ["privateMessage", "groupMessage", "createGroup", "markRead"])
def test_a_malformed_or_missing_payload_is_refused(connect_as: ConnectAs, event: str) -> None:
    alice = connect_as("alice")
    for payloads in ((), (None,), ("x",), ([],), (7,)):
        assert _code(alice.call(event, *payloads)) == "malformed"
    ack = alice.call(event, {"unknown": 1})
    assert _code(ack) == "invalid_input"
    assert ack["error"]["details"]["fields"]


def test_an_unknown_receiver_group_or_event_is_refused(connect_as: ConnectAs) -> None:
    alice = connect_as("alice")
    assert _code(alice.call("privateMessage", private("alice", "nobody", "hi"))) == "not_found"
    assert _code(alice.call("groupMessage", private("alice", "12345", "hi"))) == "not_found"
    assert _code(alice.call("createGroup", {"groupId": "12345"})) == "not_found"
    assert _code(alice.call("createGroup", {"groupName": "x", "users": [{"username": "nobody"}]})) == "not_found"
    assert _code(alice.call("markRead", {"receiver": "nobody", "sequence": 0})) == "not_found"
    assert _code(alice.call("anything else", {})) == "unknown_event"


def test_a_repeated_event_takes_effect_once(connect_as: ConnectAs, group: str) -> None:
    alice, bob = connect_as("alice"), connect_as("bob")
    for event, receiver in (("privateMessage", "bob"), ("groupMessage", group)):
        payload = private("alice", receiver, "once", clientId=str(uuid.uuid4()))
        assert alice.call(event, payload) == alice.call(event, payload)
        assert len(bob.received("response")) == 1
    assert alice.call("markRead", {"receiver": "bob", "sequence": 1}) == {"success": True}
    assert alice.call("markRead", {"receiver": "bob", "sequence": 1}) == {"success": True}
    for _ in range(2):
        assert alice.call("createGroup", {"groupId": group})["success"] is True
    assert bob.received("newgrp") == []
