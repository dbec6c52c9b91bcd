"""The statements that run for each message, page or list use an index and never scan a whole table."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from chatapp import close_app, create_app
from chatapp.actions.accounts import NewUser
from chatapp.actions.conversations import list_conversations
from chatapp.actions.messages import history
from chatapp.actions.sessions import Caller
from chatapp.clock import now
from chatapp.errors import ChatError
from chatapp.extensions import db
from chatapp.journal import StoredMessage
from chatapp.journal.drafts import FeedbackDraft, PollDraft, ReactionDraft, VoteDraft
from chatapp.payloads import HistoryQuery
from chatapp.realtime.delivery import members_with_watermarks
from tests.actions.conftest import NAMES, JournalHarness
from tests.databases import Databases

Statements = list[str]


@pytest.fixture
def url(sqlite_only: Databases) -> str:
    return sqlite_only.new(*(NewUser(name, name.title()) for name in NAMES))


@pytest.fixture
def recorded(url: str, tmp_path: Path) -> Iterator[tuple[JournalHarness, Statements]]:
    """A harness, and every statement that SQLite runs for it, with its values."""
    statements: Statements = []
    app = create_app({"instance": tmp_path, "database_url": url, "sign_in": "username", "async_mode": "threading"})
    with app.app_context():
        event.listen(db.engine, "connect", lambda raw, _record: raw.set_trace_callback(statements.append))
        db.engine.dispose()
    yield JournalHarness(app), statements
    close_app(app)


def scans(url: str, statements: Statements) -> list[str]:
    """Returns the full table scans in the query plans of the statements."""
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


def test_the_check_detects_a_full_table_scan(url: str) -> None:
    assert scans(url, ["SELECT * FROM message WHERE content = 'x'"]) != []
    assert scans(url, ["SELECT * FROM message WHERE conversation_id = 1 AND sequence = 2"]) == []


def test_storing_a_batch_runs_no_full_table_scan(recorded: tuple[JournalHarness, Statements], url: str) -> None:
    harness, statements = recorded
    group, other = harness.group("alice", "bob"), harness.group("bob", "carol")
    harness.send_all(harness.draft("alice", "bob", client_id="first"))
    statements.clear()
    harness.send_together(
        harness.draft("alice", group, "one", client_id="a"),
        harness.draft("bob", group, "two", client_id="b"),
        harness.draft("carol", other, "three"),
        harness.draft("alice", "bob", "four", client_id="first"),
        harness.draft("bob", "alice", "five", client_id="c"),
        harness.draft("carol", "alice", "six"),
        harness.draft("mallory", group, "not theirs"),
    )
    harness.raise_watermarks(int(group), harness.ids["bob"], delivered=1)
    harness.journal.flush_watermarks()
    assert sum("INSERT INTO message" in one for one in statements) == 1
    assert any(one.startswith("UPDATE membership") for one in statements)
    assert scans(url, statements) == []


def test_a_batch_of_reactions_and_votes_takes_a_constant_number_of_statements(
    recorded: tuple[JournalHarness, Statements], url: str
) -> None:
    harness, statements = recorded
    group, other = harness.group("alice", "bob", "carol"), harness.group("alice", "bob")
    poll = PollDraft("When?", ("today", "never"), is_multiple=False, is_anonymous=False, closes_at=None)
    drafts = [harness.draft("alice", group), harness.draft("alice", group, poll=poll), harness.draft("alice", other)]
    message, asked, elsewhere = [one for one in harness.send_all(*drafts) if isinstance(one, StoredMessage)]
    faces = [chr(number) for number in range(0x1F600, 0x1F600 + 34)]

    def reactions(names: tuple[str, ...], faces: list[str]) -> list[FeedbackDraft]:
        return [ReactionDraft(harness.ids[name], message.message_id, face, True) for name in names for face in faces]

    def ran(*drafts: FeedbackDraft) -> Statements:
        statements.clear()
        assert not any(isinstance(one, ChatError) for one in harness.give_together(*drafts))
        return list(statements)

    one = ran(ReactionDraft(harness.ids["alice"], message.message_id, "👍", True))
    many = ran(*reactions(("alice", "bob", "carol"), faces))
    assert len(many) == len(one) < 20
    both = ran(
        *reactions(("alice", "bob"), ["🎉"]),
        ReactionDraft(harness.ids["alice"], elsewhere.message_id, "🎉", True),
        *(VoteDraft(harness.ids[name], asked.message_id, (0,)) for name in ("alice", "bob", "carol")),
    )
    # Reading and storing votes, two more messages and one more conversation.
    assert len(both) == len(one) + 5
    assert scans(url, one + many + both) == []


def test_reading_pages_and_lists_runs_no_full_table_scan(recorded: tuple[JournalHarness, Statements], url: str) -> None:
    harness, statements = recorded
    group = harness.group("alice", "bob")
    harness.send_all(harness.draft("alice", group), harness.draft("alice", "bob"))
    caller = Caller(harness.ids["alice"], "alice", "", now())
    statements.clear()
    with harness.app.app_context():
        for receiver, kind in ((group, "yes"), ("bob", "no")):
            for extra in ({}, {"before": 2}, {"after": 0}):
                history(harness.journal, caller, receiver, HistoryQuery(group=kind, **extra))
        list_conversations(harness.journal, caller)
        members_with_watermarks(int(group))
    assert len(statements) > 10
    assert scans(url, statements) == []
