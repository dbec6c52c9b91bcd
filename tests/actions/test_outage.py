"""Writes fail at once while the database cannot be written, and succeed again afterwards."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future

import psycopg2
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from chatapp.errors import Unavailable
from chatapp.journal import Journal, StoredMessage, Transaction
from chatapp.journal.drafts import FeedbackOutcome, ReactionDraft, StoredFeedback
from tests.actions.conftest import PATIENCE_SECONDS, JournalHarness


@pytest.fixture
def interrupt(url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Callable[[], None]]:
    """Makes the database refuse every writer. Returns a function that ends the outage."""

    def sqlite() -> Callable[[], None]:
        # A real writer waits ten seconds for the lock. The lock is held for longer in either case.
        monkeypatch.setattr("chatapp.database.BUSY_TIMEOUT_MS", 200)
        other = sqlite3.connect(make_url(url).database or "", isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        return other.close

    def postgresql() -> Callable[[], None]:
        parts = make_url(url)
        name = parts.database
        admin = psycopg2.connect(parts.set(drivername="postgresql", database="postgres").render_as_string(False))
        admin.autocommit = True
        cursor = admin.cursor()
        cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))

        def end() -> None:
            cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            admin.close()

        return end

    return sqlite if url.startswith("sqlite") else postgresql


def test_writes_fail_with_unavailable_during_an_outage_and_succeed_after_it(
    harness: JournalHarness, interrupt: Callable[[], Callable[[], None]]
) -> None:
    group = harness.group("alice", "bob")
    assert isinstance(harness.send_all(harness.draft("alice", group, "before"))[0], StoredMessage)
    end = interrupt()
    try:
        for outcome in harness.send_all(harness.draft("alice", group, "during"), harness.draft("bob", group, "too")):
            assert isinstance(outcome, Unavailable), outcome
            assert outcome.status == 503
        with pytest.raises(Unavailable):
            harness.journal.write(lambda one: one.session.execute(text("SELECT 1")) and None)
    finally:
        end()
    (after,) = harness.send_all(harness.draft("alice", group, "after"))
    assert isinstance(after, StoredMessage)
    assert harness.stored(int(group)) == [(1, "before"), (2, "after")]


def test_reactions_fail_during_an_outage_and_are_stored_after_it(
    harness: JournalHarness, interrupt: Callable[[], Callable[[], None]]
) -> None:
    group = harness.group("alice", "bob")
    harness.send_all(harness.draft("alice", group))
    drafts = [ReactionDraft(harness.ids[name], f"{group}-1", "👍", True) for name in ("alice", "bob")]

    def give() -> list[FeedbackOutcome]:
        answers: list[Future[FeedbackOutcome]] = [Future() for _ in drafts]
        for draft, answer in zip(drafts, answers, strict=True):
            harness.journal.give_feedback(draft, answer.set_result)
        return [answer.result(PATIENCE_SECONDS) for answer in answers]

    end = interrupt()
    try:
        assert [type(outcome) for outcome in give()] == [Unavailable] * 2
    finally:
        end()
    assert [type(outcome) for outcome in give()] == [StoredFeedback] * 2


def test_an_outage_fails_all_queued_callers_at_once(
    harness: JournalHarness, interrupt: Callable[[], Callable[[], None]]
) -> None:
    group = harness.group("alice")
    end = interrupt()
    try:
        answers = harness.send(*[harness.draft("alice", group, str(number)) for number in range(300)])
        outcomes = [answer.result(PATIENCE_SECONDS) for answer in answers]
    finally:
        end()
    assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
    assert isinstance(harness.send_all(harness.draft("alice", group, "after"))[0], StoredMessage)


def test_a_retry_after_an_outage_is_stored_once(
    harness: JournalHarness, interrupt: Callable[[], Callable[[], None]]
) -> None:
    draft = harness.draft("alice", "bob", "once", client_id="0b3f8b2e-56a5-4f4e-9d7c-0a8f3f0e7a11")
    end = interrupt()
    try:
        assert isinstance(harness.send_all(draft)[0], Unavailable)
    finally:
        end()
    first, again = harness.send_all(draft)[0], harness.send_all(draft)[0]
    assert isinstance(first, StoredMessage)
    assert isinstance(again, StoredMessage)
    assert (first.sequence, first.is_repeat) == (1, False)
    assert (again.message_id, again.is_repeat) == (first.message_id, True)


def test_a_logged_exception_does_not_keep_a_database_lock(
    harness: JournalHarness, url: str, open_harness: Callable[[str], JournalHarness], caplog: pytest.LogCaptureFixture
) -> None:
    def rename(before: str, after: str) -> Callable[[Transaction], None]:
        statement = text(f"ALTER TABLE {before} RENAME TO {after}")
        return lambda one: one.session.execute(statement) and None

    harness.journal.write(rename("conversation", "mislaid"))
    assert not isinstance(harness.send_all(harness.draft("alice", "bob"))[0], StoredMessage)
    assert any(record.exc_info for record in caplog.records), (
        "the log record holds the traceback, which holds the frames"
    )
    open_harness(url).journal.write(rename("mislaid", "conversation"))
    assert isinstance(harness.send_all(harness.draft("alice", "bob"))[0], StoredMessage)


def test_closing_the_journal_during_an_outage_answers_all_callers(
    harness: JournalHarness, interrupt: Callable[[], Callable[[], None]]
) -> None:
    journal: Journal = harness.journal
    end = interrupt()
    try:
        answer: Future[object] = journal.submit(lambda _one: None)
        journal.close()
        assert isinstance(answer.exception(0), Unavailable)
    finally:
        end()
