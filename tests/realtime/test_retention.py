"""`retention`: everybody who is connected hears when the system keeps messages for another time."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.audit import OPERATOR
from chatapp.actions.installation_settings import change_installation
from chatapp.models.user import GUEST


def connect(app: Flask, username: str) -> Any:
    token = app.test_client().post("/login", json={"username": username}).headers["auth-token"]
    return app.extensions["socketio"].test_client(app, namespace="/chat", query_string=f"?token={token}")


def change(app: Flask, **values: Any) -> None:
    with app.app_context():
        change_installation(app.extensions["chatapp.journal"], app.extensions["chatapp.settings"], OPERATOR, **values)


def told(socket: Any) -> list[int]:
    return [one["args"][0]["retentionDays"] for one in socket.get_received("/chat") if one["name"] == "retention"]


def synced(socket: Any) -> int:
    answer = socket.emit("sync", {"userRevision": 0, "conversations": []}, namespace="/chat", callback=True)
    days: int = answer["retentionDays"]
    return days


def test_members_and_guests_hear_of_it_and_a_sync_says_it(make_app: Callable[..., Flask]) -> None:
    app = make_app(sockets=True)
    add_users(app.extensions["chatapp.journal"], [NewUser("gina", "Gina", role=GUEST)])
    member, guest = connect(app, "alice"), connect(app, "gina")
    assert synced(member) == 0
    for days in (30, 30, 7, 0):
        change(app, retention_days=days)
    change(app, name="The Rowers")
    assert told(member) == told(guest) == [30, 7, 0]
    change(app, retention_days=5)
    assert synced(member) == synced(guest) == 5


def test_a_catch_up_sends_what_was_missed_once(make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(sockets=True)
    change(app, retention_days=30)
    socket = connect(app, "alice")
    dispatcher = app.extensions["chatapp.dispatcher"]
    with monkeypatch.context() as patch:
        patch.setattr(dispatcher.personal, "handle", lambda _notice: None)
        change(app, retention_days=7)
    assert told(socket) == []
    for _ in range(2):
        dispatcher.catch_up()
    assert told(socket) == [7]
