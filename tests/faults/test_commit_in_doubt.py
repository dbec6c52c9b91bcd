"""The connection breaks during a commit that succeeds, so the server does not know its outcome."""

from collections.abc import Callable
from typing import Any

import psycopg2
import pytest
from flask import Flask

from chatapp.database import WriterConnection
from tests.conftest import Browser

CLIENT_ID = "b1e7b6a5-23f6-4c9c-8b0e-7d7a1e0c8f11"


@pytest.fixture
def break_after_the_commit_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`break_after_the_commit_of("hello")` makes the commit of this message succeed and then report a failure."""
    commit = WriterConnection.commit
    breaks: list[str] = []

    def commit_and_break(connection: WriterConnection) -> None:
        is_meant = breaks and connection.execute("SELECT 1 FROM message WHERE content = ?", (breaks[0],)).fetchone()
        commit(connection)
        if is_meant:
            breaks.clear()
            if not connection.is_sqlite:
                connection.cursor.connection.close()
            raise psycopg2.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(WriterConnection, "commit", commit_and_break)
    return breaks.append


def test_an_in_doubt_commit_is_unavailable_and_not_retried_by_the_server(
    browse: Callable[..., Browser], break_after_the_commit_of: Callable[[str], None]
) -> None:
    alice = browse("alice")
    break_after_the_commit_of("no client id")
    answer = alice.post("/messages", json={"receiver": "bob", "content": "no client id"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "unavailable")
    assert _contents(alice) == ["no client id"]


def test_a_retry_with_the_client_id_finds_the_stored_message(
    browse: Callable[..., Browser], break_after_the_commit_of: Callable[[str], None]
) -> None:
    alice = browse("alice")
    break_after_the_commit_of("hello")
    body = {"receiver": "bob", "content": "hello", "clientId": CLIENT_ID}
    assert alice.post("/messages", json=body).status_code == 503
    answer = alice.post("/messages", json=body)
    assert (answer.status_code, answer.get_json()["response"]["sequence"]) == (200, 1)
    assert _contents(alice) == ["hello"]


def test_connected_users_receive_the_message_of_an_in_doubt_commit_after_the_next_commit(
    make_app: Callable[..., Flask], break_after_the_commit_of: Callable[[str], None]
) -> None:
    app = make_app(sockets=True)
    app.test_client_class = Browser
    alice = app.test_client()
    token = alice.post("/login", json={"username": "alice"}).headers["auth-token"]
    socket = app.extensions["socketio"].test_client(app, namespace="/chat", query_string=f"?token={token}")
    break_after_the_commit_of("in doubt")
    assert alice.post("/messages", json={"receiver": "bob", "content": "in doubt"}).status_code == 503
    # The next commit reveals it: this one in another conversation, or that of a job.
    assert alice.post("/messages", json={"receiver": "carol", "content": "next"}).status_code == 200
    shown: list[str] = []
    for _ in range(500):
        shown += _shown(socket)
        if len(shown) >= 2:
            break
        app.extensions["socketio"].sleep(0.01)
    assert sorted(shown) == ["in doubt", "next"]
    socket.disconnect(namespace="/chat")


def _contents(person: Browser) -> list[str]:
    page: list[dict[str, Any]] = person.get("/messages/alice/bob").get_json()
    return [one["content"] for one in page]


def _shown(socket: Any) -> list[str]:
    events = [one for one in socket.get_received("/chat") if one["name"] == "response"]
    return [one["args"][0]["response"]["content"] for one in events]
