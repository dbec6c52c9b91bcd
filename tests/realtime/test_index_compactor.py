"""The words of messages that are gone leave the files of SQLite: deleted and erased ones, and those of a group."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from chatapp import close_app, create_app, realtime
from chatapp.actions.accounts import NewUser
from chatapp.actions.audit import OPERATOR
from chatapp.actions.installation_settings import change_installation
from chatapp.actions.retention import Due, erase_next
from chatapp.clock import now
from chatapp.database import empty_log
from chatapp.extensions import db
from chatapp.journal import Journal
from chatapp.journal.search_index import SearchIndex
from chatapp.models.conversation import parse_message_id
from chatapp.realtime import index_compactor
from chatapp.realtime.index_compactor import IndexCompactor
from tests.conftest import NO_LIMITS, Browser
from tests.databases import Databases
from tests.people import wait_until

DELETED, ERASED, OF_GROUP, KEPT = "1deletedword", "3erasedword", "5groupword", "7keptword"
"""No two begin alike: FTS5 stores a word without the beginning that it has in common with the one before."""

LINES = 40
SECONDS = 20


@pytest.fixture
def path(sqlite_only: Databases) -> Path:
    url = sqlite_only.new(NewUser("alice", "Alice"), NewUser("bob", "Bob"))
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def app(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A server that compacts only when the test asks for it."""
    monkeypatch.setattr(index_compactor, "LOOK_SECONDS", 3_600.0)
    settings = {"database_url": f"sqlite:///{path}", "instance": path.parent, "node": path.stem, **NO_LIMITS}
    made = create_app({**settings, "sign_in": "username", "async_mode": "threading"})
    realtime.init_app(made)
    yield made
    close_app(made)


def browser_of(app: Flask) -> Browser:
    browser = Browser(app)
    assert browser.post("/login", json={"username": "alice"}).status_code == 200
    return browser


def journal_of(app: Flask) -> Journal:
    journal: Journal = app.extensions["chatapp.journal"]
    return journal


def say(app: Flask, receiver: str, word: str) -> str:
    """Says a word among others, in many transactions of the indexer. Returns the id of its message."""
    browser, said = browser_of(app), []
    for number in range(LINES):
        content = f"{word if number == LINES // 2 else ''} filler{number} word{number * number}"
        body = {"receiver": receiver, "group": receiver.isdigit(), "content": content}
        said.append(browser.post("/messages", json=body).get_json()["response"]["messageId"])
        app.extensions["chatapp.indexer"].catch_up(SECONDS)
    found: str = said[LINES // 2]
    return found


def make_group(app: Flask) -> str:
    group: str = browser_of(app).post("/group", json={"groupName": "Rowing"}).get_json()["newGroup"]["groupId"]
    return group


def delete(app: Flask, path: str) -> None:
    assert browser_of(app).delete(path).status_code == 200
    app.extensions["chatapp.indexer"].catch_up(SECONDS)


def erase(app: Flask, message_id: str) -> None:
    """Erases the conversation of this message, as if its messages were two days old."""
    place = parse_message_id(message_id)
    assert place is not None
    with app.app_context():
        settings = app.extensions["chatapp.settings"]
        change_installation(journal_of(app), settings, OPERATOR, retention_days=1)
        erase_next(journal_of(app), Due(place[0], now() + timedelta(days=2)))


def words_in_files(path: Path) -> set[str]:
    """Those of the words that are anywhere in the database and its log."""
    raw = b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*"))
    return {word for word in (DELETED, ERASED, OF_GROUP, KEPT) if word.encode() in raw}


def state(path: Path) -> str | None:
    with closing(sqlite3.connect(path)) as raw:
        row = raw.execute("SELECT value FROM installation_setting WHERE name = 'search_compaction'").fetchone()
    return None if row is None else str(row[0])


def compact(app: Flask, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_compactor, "LOOK_SECONDS", 0.01)
    compactor = IndexCompactor(app.app_context, journal_of(app))
    compactor.start()
    wait_until(lambda: state(path) is None, "the compaction ends")
    compactor.stop()


def test_the_words_of_messages_that_are_gone_leave_the_files(
    app: Flask, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, other = make_group(app), make_group(app)
    deleted, erased = say(app, group, DELETED), say(app, "bob", ERASED)
    for receiver, word in ((other, OF_GROUP), (group, KEPT)):
        say(app, receiver, word)
    assert state(path) is None
    delete(app, f"/message/{deleted}")
    erase(app, erased)
    delete(app, f"/group/{other}")
    assert state(path) == "due"
    with app.app_context():
        assert empty_log(db.engine)
    assert words_in_files(path) == {DELETED, ERASED, OF_GROUP, KEPT}, "the index still has them"
    compact(app, path, monkeypatch)
    assert words_in_files(path) == {KEPT}
    assert len(browser_of(app).get(f"/search?q={KEPT}").get_json()["hits"]) == 1
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("INSERT INTO search_text (search_text) VALUES ('integrity-check')")


def test_what_goes_during_a_compaction_is_left_to_the_next_one(
    app: Flask, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted = say(app, "bob", DELETED)
    delete(app, f"/message/{deleted}")
    later = say(app, "bob", ERASED)
    journal_of(app).write(lambda transaction: SearchIndex(transaction).begin_compaction())
    assert state(path) == "running"
    delete(app, f"/message/{later}")
    journal_of(app).write(lambda transaction: SearchIndex(transaction).end_compaction())
    assert state(path) == "due"
    # As after a stop in the middle: another one begins.
    compact(app, path, monkeypatch)
    assert words_in_files(path) == set()


def test_it_rests_for_as_long_as_it_has_worked_times_a_hundred(
    app: Flask, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_compactor, "SHORTEST_REST_SECONDS", 0.0)
    monkeypatch.setattr(index_compactor, "REST_SHARE", 1_000_000)
    first, second = say(app, "bob", DELETED), say(app, "bob", ERASED)
    delete(app, f"/message/{first}")
    monkeypatch.setattr(index_compactor, "LOOK_SECONDS", 0.01)
    compactor = IndexCompactor(app.app_context, journal_of(app))
    compactor.start()
    wait_until(lambda: state(path) is None, "the compaction ends")
    delete(app, f"/message/{second}")
    time.sleep(0.3)
    compactor.stop()
    assert state(path) == "due"
