"""Old messages are erased by themselves, in one process or two, and everybody who is connected is told."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from chatapp.actions.accounts import NewUser
from chatapp.actions.audit import OPERATOR
from chatapp.actions.installation_settings import change_installation
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models import Conversation, Message
from tests.databases import Databases
from tests.people import wait_until
from tests.realtime.test_http_and_socket_agree import ConnectAs, connect_as

__all__ = ["connect_as"]


def make_older(app: Flask, days: float) -> None:
    """Dates every message back."""
    with app.app_context():
        db.session.execute(update(Message).values(created_at=now() - timedelta(days=days)))
        db.session.commit()


def keep_for(app: Flask, days: int) -> None:
    with app.app_context():
        settings = app.extensions["chatapp.settings"]
        change_installation(app.extensions["chatapp.journal"], settings, OPERATOR, retention_days=days)


def test_who_is_connected_hears_what_is_erased(connect_as: ConnectAs) -> None:
    alice, bob = connect_as("alice"), connect_as("bob")
    app = alice.browser.application
    group = alice.call("createGroup", {"groupName": "Two", "users": [{"username": "bob"}]})["newGroup"]["groupId"]
    for number in range(3):
        assert alice.call("groupMessage", {"sender": "alice", "receiver": group, "content": f"{number}"})["success"]
        assert alice.call("privateMessage", {"sender": "alice", "receiver": "bob", "content": f"{number}"})["success"]
    make_older(app, 10)
    assert alice.call("groupMessage", {"sender": "alice", "receiver": group, "content": "new"})["success"]
    keep_for(app, 9)
    told: list[dict[str, Any]] = []

    def look() -> bool:
        told.extend(one for one in bob.received("change") if one["kind"] == "details")
        return len(told) >= 2

    wait_until(look, "the changes arrive")
    seen = {one["receiver"]: (one["group"], one["name"], one["erasedSequence"]) for one in told}
    assert seen == {group: (True, "Two", 3), "alice": (False, "alice", 3)}
    with app.app_context():
        assert db.session.scalars(select(Message.content)).all() == ["new"]


def test_two_processes_erase_each_message_once(
    make_app: Callable[..., Flask], postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatapp.actions.retention.ERASED_AT_ONCE", 2)
    url = Databases(tmp_path, postgres_url).new(NewUser("alice", "A"), NewUser("bob", "B"))
    first, second = (make_app(sockets=True, node=node, database_url=url) for node in ("first", "second"))
    browser = first.test_client()
    token = {"auth-token": browser.post("/login", json={"username": "alice"}).headers["auth-token"]}
    for number in range(20):
        body = {"receiver": "bob", "content": f"{number}"}
        assert browser.post("/messages", json=body, headers=token).status_code == 200
    make_older(first, 3)
    keep_for(second, 1)

    def is_empty() -> bool:
        with second.app_context():
            return db.session.scalar(select(func.count()).select_from(Message)) == 0

    wait_until(is_empty, "all are erased")
    with second.app_context():
        row = db.session.execute(select(Conversation.erased_sequence, Conversation.revision)).one()
    # Each transaction took one revision, whichever process it was.
    assert tuple(row) == (20, 30)
