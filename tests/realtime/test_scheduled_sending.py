"""What is due is sent by itself, as any other message; what may not be sent, and what a closed account wrote, stays."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from chatapp.actions.administration import deactivate
from chatapp.actions.audit import OPERATOR
from chatapp.actions.suspensions import suspend
from chatapp.clock import now, to_iso
from chatapp.extensions import db
from chatapp.journal.scheduled import SENDING
from chatapp.models import JobRow
from tests.conftest import Browser
from tests.people import wait_until
from tests.realtime.test_http_and_socket_agree import ConnectAs, Socket, connect_as

__all__ = ["connect_as"]


def schedule(socket: Socket, receiver: str, content: str, *, seconds: float = 0.3, group: bool = False) -> str:
    client_id = str(uuid.uuid4())
    due_at = to_iso(now() + timedelta(seconds=seconds))
    body = {"receiver": receiver, "group": group, "content": content, "dueAt": due_at, "clientId": client_id}
    ack = socket.call("scheduleMessage", body)
    assert ack["success"], ack
    return client_id


def waiting(socket: Socket) -> list[dict[str, Any]]:
    ack = socket.call("scheduledMessages", {})
    assert ack["success"]
    found: list[dict[str, Any]] = ack["scheduled"]
    return found


def sending_jobs(socket: Socket) -> list[JobRow]:
    with socket.browser.application.app_context():
        return list(db.session.scalars(select(JobRow).where(JobRow.kind == SENDING)))


def heard(socket: Socket, name: str, is_wanted: Callable[[Any], bool] = lambda _payload: True) -> list[Any]:
    """The wanted events of a name, after waiting for the first. They are sent shortly after the message is stored."""
    found: list[Any] = []

    def look() -> bool:
        found.extend(one for one in socket.received(name) if is_wanted(one))
        return bool(found)

    wait_until(look, f"{name} arrives")
    return found


def test_a_due_message_is_sent_to_everybody_and_leaves_the_list(connect_as: ConnectAs) -> None:
    alice, bob = connect_as("alice"), connect_as("bob")
    client_id = schedule(alice, "bob", "in a moment", seconds=1)
    schedule(alice, "bob", "tomorrow", seconds=86_400)
    assert [one["content"] for one in waiting(alice)] == ["in a moment", "tomorrow"]
    assert len(sending_jobs(alice)) == 2
    wait_until(lambda: len(waiting(alice)) == 1, "it is sent")
    assert len(sending_jobs(alice)) == 1, "its job is gone in the same transaction"
    (event,) = heard(bob, "response")
    assert (event["response"]["content"], event["response"]["clientId"]) == ("in a moment", client_id)
    (gone,) = heard(alice, "change", lambda one: one["kind"] == "scheduled" and one["scheduled"]["gone"])
    assert gone["scheduled"]["clientId"] == client_id
    assert [one for one in bob.received("change") if one["kind"] == "scheduled"] == []


def test_permission_is_checked_when_it_is_sent(connect_as: ConnectAs) -> None:
    alice, bob = connect_as("alice"), connect_as("bob")
    ack = alice.call("createGroup", {"groupName": "Two", "users": [{"username": "bob"}]})
    group_id = ack["newGroup"]["groupId"]
    # On a busy machine the next call may take a second.
    schedule(bob, group_id, "too late", seconds=3, group=True)
    alice.call("removeMember", {"groupId": group_id, "username": "bob"})
    wait_until(lambda: waiting(bob)[0]["failure"] is not None, "it could not be sent")
    (failed,) = waiting(bob)
    assert (failed["failure"]["code"], failed["content"]) == ("not_a_member", "too late")
    assert alice.received("response") == []
    assert bob.call("deleteScheduled", {"clientId": failed["clientId"]})["success"]
    assert waiting(bob) == []


def test_a_text_that_was_changed_in_time_is_the_one_that_is_sent(connect_as: ConnectAs) -> None:
    alice, bob = connect_as("alice"), connect_as("bob")
    client_id = schedule(alice, "bob", "first", seconds=86_400)
    due_at = to_iso(now() + timedelta(seconds=0.2))
    ack = alice.call("changeScheduled", {"clientId": client_id, "content": "second", "dueAt": due_at})
    assert ack["scheduled"]["content"] == "second"
    wait_until(lambda: waiting(alice) == [], "it is sent")
    assert [one["response"]["content"] for one in heard(bob, "response")] == ["second"]
    refused = alice.call("sendScheduled", {"clientId": client_id})
    assert refused["error"]["code"] == "not_found"
    third = schedule(alice, "bob", "third", seconds=86_400)
    assert alice.call("sendScheduled", {"clientId": third})["response"]["content"] == "third"


def test_overdue_messages_are_sent_at_the_next_start_but_not_those_of_a_closed_account(
    make_app: Callable[..., Flask],
) -> None:
    first = make_app()
    first.test_client_class = Browser
    for username in ("alice", "mallory", "carol"):
        browser = first.test_client()
        browser.post("/login", json={"username": username})
        body = {"receiver": "bob", "content": username, "clientId": str(uuid.uuid4())}
        due_at = to_iso(now() + timedelta(seconds=0.2))
        assert browser.post("/scheduled", json={**body, "dueAt": due_at}).status_code == 200
    deactivate(first.extensions["chatapp.journal"], OPERATOR, "mallory")
    suspend(first.extensions["chatapp.journal"], OPERATOR, "carol", timedelta(hours=1), "")
    url = first.extensions["chatapp.settings"].database_url
    bob = first.test_client()
    bob.post("/login", json={"username": "bob"})

    def heard(sender: str) -> list[str]:
        return [one["content"] for one in bob.get(f"/messages/bob/{sender}").get_json()]

    assert heard("alice") == [], "no process sends yet"
    make_app(sockets=True, database_url=url)
    wait_until(lambda: heard("alice") == ["alice"], "it is sent")
    assert heard("mallory") == heard("carol") == []
