"""The time limits on PostgreSQL, on the application's side and on the server's."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import psycopg2
import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from chatapp import close_app, create_app
from chatapp.actions.accounts import NewUser, add_users
from chatapp.errors import Unavailable
from chatapp.extensions import db
from chatapp.journal import Journal, MessageDraft, StoredMessage
from chatapp.journal.drafts import Outcome
from chatapp.migrations import bring_up_to_date, newest_revision
from tests.databases import new_postgres_database

LIMIT_SECONDS = 0.8
ADVISORY_LOCK = 708_708
"""The lock of chatapp/migrations/env.py, which only Alembic can import."""

OpenApp = Callable[[str], Flask]


@pytest.fixture
def url(postgres_url: str) -> str:
    return new_postgres_database(postgres_url)


@pytest.fixture
def open_app(tmp_path: Path) -> Iterator[OpenApp]:
    """`open_app(url)` is an application that waits LIMIT_SECONDS for its database."""
    opened: list[Flask] = []

    def make(url: str) -> Flask:
        settings = {"instance": tmp_path, "database_url": url, "async_mode": "threading"}
        opened.append(create_app({**settings, "database_timeout": LIMIT_SECONDS}))
        return opened[-1]

    yield make
    for app in opened:
        close_app(app)


def engine_of(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def scalar(engine: Engine, statement: str) -> object:
    with engine.connect() as connection:
        return connection.exec_driver_sql(statement).scalar()


@pytest.fixture
def busy(open_app: OpenApp, url: str) -> Iterator[Flask]:
    """An application with another thread whose statements are answered all the time."""
    app = open_app(url)
    engine = engine_of(app)
    is_over = threading.Event()
    answers: list[object] = []

    def query_repeatedly() -> None:
        while not is_over.wait(0.02):
            answers.append(scalar(engine, "SELECT 1"))

    other = threading.Thread(target=query_repeatedly)
    other.start()
    yield app
    is_over.set()
    other.join()
    assert set(answers) == {1}


def test_a_slow_statement_fails_and_others_continue(busy: Flask, caplog: pytest.LogCaptureFixture) -> None:
    engine = engine_of(busy)
    with pytest.raises(OperationalError, match=r"did not answer within 0\.8 seconds"):
        scalar(engine, "SELECT pg_sleep(5)")
    assert scalar(engine, "SELECT 1") == 1
    assert "does not answer" not in caplog.text, "One slow statement says nothing about the server"


def test_a_slow_job_is_refused(busy: Flask) -> None:
    journal = busy.extensions["chatapp.journal"]
    with pytest.raises(Unavailable):
        journal.write(lambda transaction: transaction.session.execute(text("SELECT pg_sleep(5)")) and None)
    assert journal.write(lambda transaction: transaction.session.scalar(text("SELECT 7"))) == 7


def test_a_message_to_a_locked_conversation_is_refused_after_one_attempt(busy: Flask, url: str) -> None:
    bring_up_to_date(busy)
    journal = busy.extensions["chatapp.journal"]
    add_users(journal, [NewUser("alice", "Alice")])
    assert isinstance(send(journal, "before"), StoredMessage)
    other = psycopg2.connect(url)
    other.cursor().execute("SELECT id FROM conversation FOR UPDATE")
    started_at = time.monotonic()
    assert isinstance(send(journal, "meanwhile"), Unavailable)
    assert time.monotonic() - started_at < 2 * LIMIT_SECONDS
    other.close()
    assert isinstance(send(journal, "after"), StoredMessage)


def send(journal: Journal, content: str) -> Outcome:
    """The outcome of alice's message to herself."""
    outcome: Future[Outcome] = Future()
    journal.send(MessageDraft(1, "alice", "alice", is_group=False, content=content), outcome.set_result)
    return outcome.result()


def test_the_server_has_a_slightly_longer_time_limit(open_app: OpenApp, url: str) -> None:
    engine = engine_of(open_app(url))
    assert scalar(engine, "SHOW statement_timeout") == "1800ms"
    assert scalar(engine, "SHOW idle_in_transaction_session_timeout") == "1800ms"


def test_options_in_the_url_override_the_time_limits(open_app: OpenApp, url: str) -> None:
    engine = engine_of(open_app(url + "&options=-c%20statement_timeout%3D7s&application_name=mine"))
    assert scalar(engine, "SHOW statement_timeout") == "7s"
    assert scalar(engine, "SHOW idle_in_transaction_session_timeout") == "1800ms"
    assert scalar(engine, "SHOW application_name") == "mine"


def test_a_migration_has_no_time_limit(open_app: OpenApp, url: str) -> None:
    app = open_app(url)
    other = psycopg2.connect(url)
    other.cursor().execute("SELECT pg_advisory_xact_lock(%s)", (ADVISORY_LOCK,))
    finished = threading.Timer(2.5, other.commit)
    finished.start()
    started_at = time.monotonic()
    bring_up_to_date(app)
    assert time.monotonic() - started_at > 2
    finished.join()
    other.close()
    engine = engine_of(app)
    assert scalar(engine, "SELECT version_num FROM alembic_version") == newest_revision()
    assert scalar(engine, "SHOW statement_timeout") == "1800ms"
    with pytest.raises(OperationalError, match="did not answer"):
        scalar(engine, "SELECT pg_sleep(5)")
