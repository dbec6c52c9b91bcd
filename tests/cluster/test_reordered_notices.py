"""What another node says of a conversation may be heard between a commit here and the telling of it."""

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


def test_an_ack_waits_also_when_a_foreign_notice_had_its_message_sent_out_first(make_app: Callable[..., Flask]) -> None:
    app = make_app(sockets=True, delivery_ack_window=WINDOW_SECONDS)
    dispatcher, journal = app.extensions["chatapp.dispatcher"], app.extensions["chatapp.journal"]
    alice, bob = connect(app, "alice"), connect(app, "bob")

    def overtake(messages: list[StoredMessage], _notices: list[Notice]) -> None:
        for one in messages:
            names = (one.sender, one.receiver)
            dispatcher.heard(
                [ConversationChanged(one.conversation_id, one.revision, one.revision, one.sequence, names)]
            )

    journal._listeners.insert(0, overtake)
    started_at = time.monotonic()
    payload = {"sender": "alice", "receiver": "bob", "content": "hello"}
    ack = alice.emit("privateMessage", payload, namespace="/chat", callback=True)
    # bob is online and does not confirm, so all of the window is waited for.
    assert time.monotonic() - started_at >= WINDOW_SECONDS
    assert (ack["success"], ack["response"]["deliveredToAll"]) == (True, False)
    for person in (alice, bob):
        assert [one["name"] for one in person.get_received("/chat")].count("response") == 1
        person.disconnect(namespace="/chat")


@pytest.mark.parametrize("second", ["stored here", "stored elsewhere"])
def test_two_who_greet_each_other_at_once_on_two_processes_see_both_messages(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    """The notice of the first message comes when the second is sent out already."""
    app = make_app(sockets=True, delivery_ack_window=WINDOW_SECONDS)
    dispatcher = app.extensions["chatapp.dispatcher"]
    other = make_app(database_url=app.extensions["chatapp.settings"].database_url)
    other.test_client_class = Browser
    alice, bob = connect(app, "alice"), connect(app, "bob")
    held: list[Notice] = []
    hear = dispatcher._hear_all
    monkeypatch.setattr(dispatcher, "_hear_all", held.extend)
    post(other, "bob", "alice", "first")
    if second == "stored here":
        payload = {"sender": "alice", "receiver": "bob", "content": "second"}
        alice.emit("privateMessage", payload, namespace="/chat", callback=True)
    else:
        post(other, "alice", "bob", "second")
        wait_until(lambda: 2 in _firsts(held), "the notice of the second message came")
    wait_until(lambda: 1 in _firsts(held), "the notice of the first message came")
    for notice in reversed(held):
        hear([notice])
    for person in (alice, bob):
        told = [one["args"][0]["response"] for one in person.get_received("/chat") if one["name"] == "response"]
        assert [one["content"] for one in told] == ["first", "second"]
        person.disconnect(namespace="/chat")


def post(app: Flask, sender: str, receiver: str, content: str) -> None:
    browser: Any = app.test_client()
    browser.post("/login", json={"username": sender})
    assert browser.post("/messages", json={"receiver": receiver, "content": content}).status_code == 200


def connect(app: Flask, username: str) -> Any:
    app.test_client_class = Browser
    token = app.test_client().post("/login", json={"username": username}).headers["auth-token"]
    return app.extensions["socketio"].test_client(app, namespace="/chat", query_string=f"?token={token}")


def _firsts(held: list[Notice]) -> set[int]:
    return {one.first for one in held if isinstance(one, ConversationChanged)}
