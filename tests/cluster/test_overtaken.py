"""What another node says of a conversation may be heard between a commit here and the telling of it."""

import time
from collections.abc import Callable
from typing import Any

from flask import Flask

from chatapp.journal import StoredMessage
from chatapp.notices import MessagesStored, Notice
from tests.conftest import Browser

WINDOW_SECONDS = 0.4


def test_an_ack_waits_also_when_a_foreign_notice_had_its_message_sent_out_first(make_app: Callable[..., Flask]) -> None:
    app = make_app(sockets=True, delivery_ack_window=WINDOW_SECONDS)
    hub, journal = app.extensions["chatapp.hub"], app.extensions["chatapp.journal"]
    alice, bob = connect(app, "alice"), connect(app, "bob")

    def overtake(messages: list[StoredMessage], _notices: list[Notice]) -> None:
        for one in messages:
            hub.heard([MessagesStored(one.conversation_id, one.sequence, one.sequence, (one.sender, one.receiver))])

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


def connect(app: Flask, username: str) -> Any:
    app.test_client_class = Browser
    token = app.test_client().post("/login", json={"username": username}).headers["auth-token"]
    return app.extensions["socketio"].test_client(app, namespace="/chat", query_string=f"?token={token}")
