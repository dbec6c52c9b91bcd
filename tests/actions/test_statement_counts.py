"""What is run for each message, or each page of them, finds its rows by an index, however many there are."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from chatapp import close_app, create_app
from chatapp.actions.accounts import Caller, NewUser
from chatapp.actions.conversations import list_conversations
from chatapp.actions.messages import history
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.payloads import HistoryQuery
from chatapp.realtime.delivery import members_with_watermarks
from tests.actions.conftest import NAMES, Desk
from tests.databases import Databases

Statements = list[str]


@pytest.fixture
def url(sqlite_only: Databases) -> str:
    return sqlite_only.new(*(NewUser(name, name.title()) for name in NAMES))


@pytest.fixture
def heard(url: str, tmp_path: Path) -> Iterator[tuple[Desk, Statements]]:
    """A desk, and every statement that SQLite runs for it, with its values in it."""
    statements: Statements = []
    app = create_app({"instance": tmp_path, "database_url": url, "sign_in": "username", "async_mode": "threading"})
    with app.app_context():
        event.listen(db.engine, "connect", lambda raw, _record: raw.set_trace_callback(statements.append))
        db.engine.dispose()
    yield Desk(app), statements
    close_app(app)


def scans(url: str, statements: Statements) -> list[str]:
    """What of the statements reads a table from one end to the other."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    found = []
    for statement in statements:
        if not statement.startswith(("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")):
            continue
        for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}"):
            is_few = "CONSTANT ROW" in step or step == "SCAN w" or "FROM notice ORDER BY id LIMIT" in statement
            if step.startswith("SCAN ") and not is_few:
                found.append(f"{step}: {statement}")
    connection.close()
    return found


def test_the_check_can_tell(url: str) -> None:
    assert scans(url, ["SELECT * FROM message WHERE content = 'x'"]) != []
    assert scans(url, ["SELECT * FROM message WHERE conversation_id = 1 AND sequence = 2"]) == []


def test_a_batch_looks_at_what_it_needs(heard: tuple[Desk, Statements], url: str) -> None:
    desk, statements = heard
    group, other = desk.group("alice", "bob"), desk.group("bob", "carol")
    desk.send_all(desk.draft("alice", "bob", client_id="first"))
    statements.clear()
    desk.send_together(
        desk.draft("alice", group, "one", client_id="a"),
        desk.draft("bob", group, "two", client_id="b"),
        desk.draft("carol", other, "three"),
        desk.draft("alice", "bob", "four", client_id="first"),
        desk.draft("bob", "alice", "five", client_id="c"),
        desk.draft("carol", "alice", "six"),
        desk.draft("mallory", group, "not theirs"),
    )
    desk.note(int(group), desk.ids["bob"], delivered=1)
    desk.journal.flush_watermarks()
    assert sum("INSERT INTO message" in one for one in statements) == 1
    assert any(one.startswith("UPDATE membership") for one in statements)
    assert scans(url, statements) == []


def test_reading_looks_at_what_it_needs(heard: tuple[Desk, Statements], url: str) -> None:
    desk, statements = heard
    group = desk.group("alice", "bob")
    desk.send_all(desk.draft("alice", group), desk.draft("alice", "bob"))
    caller = Caller(desk.ids["alice"], "alice", "", now())
    statements.clear()
    with desk.app.app_context():
        for receiver, kind in ((group, "yes"), ("bob", "no")):
            for extra in ({}, {"before": 2}, {"after": 0}):
                history(desk.journal, caller, receiver, HistoryQuery(group=kind, **extra))
        list_conversations(desk.journal, caller)
        members_with_watermarks(int(group))
    assert len(statements) > 10
    assert scans(url, statements) == []
