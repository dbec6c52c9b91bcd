"""A notice of another node may arrive between a commit of this process and its fan-out."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from chatapp.journal import StoredMessage
from chatapp.notices import ConversationChanged, Notice
from tests.conftest import Browser
from tests.people import wait_until

WINDOW_SECONDS = 0.4


def test_an_ack_waits_when_a_notice_of_another_node_sent_its_message_first(make_app: Callable[..., Flask]) -> None:
    app = make_app(sockets=True, delivery_ack_window=WINDOW_SECONDS)
    dispatcher, journal = app.extensions["chatapp.dispatcher"], app.extensions["chatapp.journal"]
    alice, bob = connect(app, "alice"), connect(app, "bob")

    def overtake(messages: list[StoredMessage], _notices: list[Notice]) -> None:
        for one in messages:
            names = (one.sender, one.receiver)
            dispatcher.receive_notices(
                [ConversationChanged(one.conversation_id, one.revision, one.revision, one.sequence, names)]
            )

    journal._listeners.insert(0, overtake)
    started_at = time.monotonic()
    payload = {"sender": "alice", "receiver": "bob", "content": "hello"}
    ack = alice.emit("privateMessage", payload, namespace="/chat", callback=True)
    # bob is online and does not confirm, so the ack waits for the whole window.
    assert time.monotonic() - started_at >= WINDOW_SECONDS
    assert (ack["success"], ack["response"]["deliveredToAll"]) == (True, False)
    for person in (alice, bob):
        assert [one["name"] for one in person.get_received("/chat")].count("response") == 1
        person.disconnect(namespace="/chat")


@pytest.mark.parametrize("second", ["stored here", "stored elsewhere"])
def test_two_users_who_write_to_each_other_at_once_on_two_processes_receive_both_messages(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    """The notice of the first message arrives after the second message was sent."""
    app = make_app(sockets=True, delivery_ack_window=WINDOW_SECONDS)
    dispatcher = app.extensions["chatapp.dispatcher"]
    other = make_app(database_url=app.extensions["chatapp.settings"].database_url)
    other.test_client_class = Browser
    alice, bob = connect(app, "alice"), connect(app, "bob")
    held: list[Notice] = []
    handle_all = dispatcher._handle_all
    monkeypatch.setattr(dispatcher, "_handle_all", held.extend)
    post(other, "bob", "alice", "first")
    if second == "stored here":
        payload = {"sender": "alice", "receiver": "bob", "content": "second"}
        alice.emit("privateMessage", payload, namespace="/chat", callback=True)
    else:
        post(other, "alice", "bob", "second")
        wait_until(lambda: 2 in _firsts(held), "the notice of the second message came")
    wait_until(lambda: 1 in _firsts(held), "the notice of the first message came")
    for notice in reversed(held):
        handle_all([notice])
    for person in (alice, bob):
        told = [one["args"][0]["response"] for one in person.get_received("/chat") if one["name"] == "response"]
        assert [one["content"] for one in told] == ["first", "second"]
        person.disconnect(namespace="/chat")


def post(app: Flask, sender: str, receiver: str, content: str, *, group: bool = False) -> None:
    app.test_client_class = Browser
    browser: Any = app.test_client()
    browser.post("/login", json={"username": sender})
    body = {"receiver": receiver, "content": content, "group": group}
    assert browser.post("/messages", json=body).status_code == 200


def connect(app: Flask, username: str) -> Any:
    app.test_client_class = Browser
    token = app.test_client().post("/login", json={"username": username}).headers["auth-token"]
    return app.extensions["socketio"].test_client(app, namespace="/chat", query_string=f"?token={token}")


def _firsts(held: list[Notice]) -> set[int]:
    return {one.first for one in held if isinstance(one, ConversationChanged)}


@pytest.mark.parametrize("sender", ["bob", "carol"])
def test_the_first_message_of_a_new_group_is_sent_when_its_notice_arrives_before_that_of_the_group(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch, sender: str
) -> None:
    """Redis keeps no order between two processes that publish: one made the group, another stored the message."""
    app = make_app(sockets=True, delivery_ack_window=WINDOW_SECONDS)
    dispatcher = app.extensions["chatapp.dispatcher"]
    url = app.extensions["chatapp.settings"].database_url
    maker, other = make_app(database_url=url), make_app(database_url=url)
    alice, mallory = connect(app, "alice"), connect(app, "mallory")
    for person in (alice, mallory):
        person.get_received("/chat")
    held: list[Notice] = []
    handle_all = dispatcher._handle_all
    monkeypatch.setattr(dispatcher, "_handle_all", held.extend)
    group_id = make_group(maker, "bob", "alice", "carol")
    post(other, sender, group_id, "first", group=True)
    wait_until(lambda: 2 in _firsts(held) and len(held) >= 3, "the notices of both came")
    for notice in sorted(held, key=lambda one: not isinstance(one, ConversationChanged)):
        handle_all([notice])
    told = [(one["name"], one["args"][0]) for one in alice.get_received("/chat")]
    assert [body["response"]["content"] for name, body in told if name == "response"] == ["first"]
    assert [name for name, _ in told].count("newgrp") == 1
    names = [name for name, _ in mallory.get_received("/chat")]
    assert not {"response", "newgrp", "change"} & set(names), "nobody else hears of it"
    for person in (alice, mallory):
        person.disconnect(namespace="/chat")


def make_group(app: Flask, owner: str, *others: str) -> str:
    app.test_client_class = Browser
    browser: Any = app.test_client()
    browser.post("/login", json={"username": owner})
    body = {"groupName": "Lunch", "users": [{"username": name} for name in others]}
    group_id: str = browser.post("/group", json=body).get_json()["newGroup"]["groupId"]
    return group_id
