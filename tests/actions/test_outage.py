"""A database that cannot be written for a while: callers are told so at once, and later it works again."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future

import psycopg2
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from chatapp.errors import Unavailable
from chatapp.journal import Journal, StoredMessage, Transaction
from tests.actions.conftest import PATIENCE_SECONDS, Desk


@pytest.fixture
def interrupt(url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Callable[[], None]]:
    """Makes the database refuse every writer; what it returns ends the outage."""

    def sqlite() -> Callable[[], None]:
        # Not the ten seconds that a real writer has patience for: the lock is held for longer either way.
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


def test_an_outage_is_told_as_unavailable_and_later_it_works_again(
    desk: Desk, interrupt: Callable[[], Callable[[], None]]
) -> None:
    group = desk.group("alice", "bob")
    assert isinstance(desk.send_all(desk.draft("alice", group, "before"))[0], StoredMessage)
    end = interrupt()
    try:
        for outcome in desk.send_all(desk.draft("alice", group, "during"), desk.draft("bob", group, "too")):
            assert isinstance(outcome, Unavailable), outcome
            assert outcome.status == 503
        with pytest.raises(Unavailable):
            desk.journal.write(lambda one: one.session.execute(text("SELECT 1")) and None)
    finally:
        end()
    (after,) = desk.send_all(desk.draft("alice", group, "after"))
    assert isinstance(after, StoredMessage)
    assert desk.stored(int(group)) == [(1, "before"), (2, "after")]


def test_many_callers_are_all_told_and_none_waits_for_its_own_turn(
    desk: Desk, interrupt: Callable[[], Callable[[], None]]
) -> None:
    group = desk.group("alice")
    end = interrupt()
    try:
        answers = desk.send(*[desk.draft("alice", group, str(number)) for number in range(300)])
        outcomes = [answer.result(PATIENCE_SECONDS) for answer in answers]
    finally:
        end()
    assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
    assert isinstance(desk.send_all(desk.draft("alice", group, "after"))[0], StoredMessage)


def test_a_retry_after_an_outage_is_stored_once(desk: Desk, interrupt: Callable[[], Callable[[], None]]) -> None:
    draft = desk.draft("alice", "bob", "once", client_id="0b3f8b2e-56a5-4f4e-9d7c-0a8f3f0e7a11")
    end = interrupt()
    try:
        assert isinstance(desk.send_all(draft)[0], Unavailable)
    finally:
        end()
    first, again = desk.send_all(draft)[0], desk.send_all(draft)[0]
    assert isinstance(first, StoredMessage)
    assert isinstance(again, StoredMessage)
    assert (first.sequence, first.is_repeat) == (1, False)
    assert (again.message_id, again.is_repeat) == (first.message_id, True)


def test_a_failure_that_somebody_remembers_keeps_no_lock(
    desk: Desk, url: str, open_desk: Callable[[str], Desk], caplog: pytest.LogCaptureFixture
) -> None:
    def rename(before: str, after: str) -> Callable[[Transaction], None]:
        statement = text(f"ALTER TABLE {before} RENAME TO {after}")
        return lambda one: one.session.execute(statement) and None

    desk.journal.write(rename("conversation", "mislaid"))
    assert not isinstance(desk.send_all(desk.draft("alice", "bob"))[0], StoredMessage)
    assert any(record.exc_info for record in caplog.records), "the log holds the traceback, and that the frames"
    open_desk(url).journal.write(rename("mislaid", "conversation"))
    assert isinstance(desk.send_all(desk.draft("alice", "bob"))[0], StoredMessage)


def test_a_closed_journal_that_could_not_write_lets_nobody_wait(
    desk: Desk, interrupt: Callable[[], Callable[[], None]]
) -> None:
    journal: Journal = desk.journal
    end = interrupt()
    try:
        answer: Future[object] = journal.submit(lambda _one: None)
        journal.close()
        assert isinstance(answer.exception(0), Unavailable)
    finally:
        end()
