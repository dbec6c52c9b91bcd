"""The index follows the change log: after a crash, in an old database, beside another process, and anew."""

import os
from collections.abc import Callable
from pathlib import Path
from sqlite3 import IntegrityError

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.orm import Session

from chatapp.actions.groups import delete_group
from chatapp.actions.search import search
from chatapp.actions.sessions import Caller
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.journal.search_index import REMOVED_AT_ONCE, SearchIndex
from chatapp.journal.transaction import Transaction
from chatapp.search.catch_up import PAGE_SIZE, advance, conversations_behind, position_of
from chatapp.search.indexer import Indexer
from chatapp.search.rebuild import rebuild, revisions_to_index
from chatapp.search_payloads import SearchRequest
from tests.actions.conftest import PATIENCE_SECONDS, JournalHarness
from tests.people import wait_until

OpenHarness = Callable[[str], JournalHarness]


def indexer_of(harness: JournalHarness) -> Indexer:
    indexer: Indexer = harness.app.extensions["chatapp.indexer"]
    return indexer


def finds(harness: JournalHarness, username: str, q: str) -> list[str]:
    caller = Caller(harness.ids[username], username, "", now())
    with harness.app.app_context():
        return [hit.message.content for hit in search(indexer_of(harness), caller, SearchRequest(q=q, limit=50)).hits]


def say(harness: JournalHarness, sender: str, receiver: str, *contents: str) -> int:
    """Sends messages; returns the id of their conversation."""
    outcomes = harness.send_all(*[harness.draft(sender, receiver, content) for content in contents])
    conversation_id: int = outcomes[0].conversation_id  # type: ignore[union-attr]
    return conversation_id


def position(harness: JournalHarness, conversation_id: int) -> int:
    with harness.app.app_context():
        return position_of(conversation_id)


def count(harness: JournalHarness, conversation_id: int) -> int:
    with harness.app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
        table, name = ("search_text_docsize", "id >> 32") if is_sqlite else ("search_entry", "conversation_id")
        statement = text(f"SELECT COUNT(*) FROM {table} WHERE {name} = :id")
        found: int = db.session.execute(statement, {"id": conversation_id}).scalar_one()
        return found


def test_what_was_not_indexed_before_a_crash_is_found_after_the_next_start(url: str, open_harness: OpenHarness) -> None:
    before = open_harness(url)
    indexer_of(before).close()  # from now on nothing is indexed, as if the process ended right after each commit
    number = say(before, "alice", "bob", *[f"apple {number}" for number in range(PAGE_SIZE + 30)])
    assert position(before, number) == 0
    assert finds(before, "bob", "apple") == []
    after = open_harness(url)
    indexer_of(after).sweep()
    wait_until(lambda: position(after, number) == PAGE_SIZE + 30, "the sweep indexes all")
    assert len(finds(after, "bob", "apple")) == 50
    assert count(after, number) == PAGE_SIZE + 30


def test_the_next_message_makes_up_for_the_ones_before(url: str, open_harness: OpenHarness) -> None:
    before = open_harness(url)
    indexer_of(before).close()
    number = say(before, "alice", "bob", "first apple", "second apple")
    after = open_harness(url)
    say(after, "bob", "alice", "third apple")
    assert finds(after, "alice", "apple") == ["third apple", "second apple", "first apple"]
    assert position(after, number) == 3


def test_two_processes_index_each_message_once(url: str, open_harness: OpenHarness) -> None:
    first, second = open_harness(url), open_harness(url)
    number = say(first, "alice", "bob", "apple 1")
    for turn in range(2, 8):
        say((first, second)[turn % 2], "alice", "bob", f"apple {turn}")
    for harness in (first, second):
        indexer_of(harness).catch_up(PATIENCE_SECONDS)
    wait_until(lambda: position(first, number) == 7, "both have indexed what they committed")
    expected = [f"apple {turn}" for turn in range(7, 0, -1)]
    assert finds(first, "bob", "apple") == finds(second, "bob", "apple") == expected
    assert count(first, number) == 7


def test_indexing_again_changes_nothing(harness: JournalHarness) -> None:
    number = say(harness, "alice", "bob", "one apple", "two apples")
    assert len(finds(harness, "alice", "apple")) == 2
    with harness.app.app_context():
        harness.journal.write(lambda transaction: transaction.session.execute(text("DELETE FROM search_position")))
        assert conversations_behind(0) == [number]
        assert advance(harness.journal, number) is False
        assert conversations_behind(0) == []
    assert finds(harness, "alice", "apple") == ["two apples", "one apple"]
    assert count(harness, number) == 2


def test_a_rebuild_fills_an_empty_index(harness: JournalHarness) -> None:
    group = harness.group("alice", "bob")
    say(harness, "alice", "bob", "private apple")
    say(harness, "bob", group, *[f"apple {number}" for number in range(150)])
    indexer_of(harness).catch_up(PATIENCE_SECONDS)
    with harness.app.app_context():
        assert sum(rebuild(harness.journal)) == revisions_to_index() == 152
    assert len(finds(harness, "bob", "apple")) == 50
    assert count(harness, int(group)) == 150
    assert finds(harness, "mallory", "apple") == []


def test_a_large_deleted_group_leaves_the_index_in_pieces(harness: JournalHarness) -> None:
    group = harness.group("alice", "bob")
    total = REMOVED_AT_ONCE + 20
    for start in range(0, total, 110):
        say(harness, "bob", group, *[f"pear {number}" for number in range(start, start + 110)])
    indexer_of(harness).catch_up(PATIENCE_SECONDS)
    assert count(harness, int(group)) == total
    caller = Caller(harness.ids["alice"], "alice", "", now())
    with harness.app.app_context():
        delete_group(harness.journal, caller, group)
    assert finds(harness, "alice", "pear") == []
    assert count(harness, int(group)) == 0


def test_the_index_of_sqlite_is_sound_after_edits(url: str, harness: JournalHarness) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("The other database replaces a row.")
    number = say(harness, "alice", "bob", "one apple", "two apples", "three apples")
    assert len(finds(harness, "alice", "apple")) == 3
    with harness.app.app_context():
        for content in ("uno", "due", ""):
            change(harness, number, 2, content)
        harness.journal.write(lambda transaction: transaction.session.execute(text("DELETE FROM search_position")))
        advance(harness.journal, number)
        harness.journal.write(
            lambda transaction: transaction.session.execute(
                text("INSERT INTO search_text (search_text) VALUES ('integrity-check')")
            )
        )
        matches = text('SELECT COUNT(*) FROM search_text WHERE search_text MATCH \'"two" OR "uno" OR "due"\'')
        assert db.session.execute(matches).scalar_one() == 0
    assert finds(harness, "alice", "apple") == ["three apples", "one apple"]


def test_a_statement_that_fails_keeps_no_closed_connection_open(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/chat.db", poolclass=NullPool)
    with Session(engine) as session:
        columns = "conversation_id INTEGER PRIMARY KEY, revision INTEGER CHECK (revision > 0)"
        session.execute(text(f"CREATE TABLE search_position ({columns})"))
        with pytest.raises(IntegrityError) as kept:
            SearchIndex(Transaction(session)).move({1: 0})
    descriptors = [os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()]
    assert kept.tb is not None, "the premise: its frames are there"
    assert [path for path in descriptors if path.startswith(str(tmp_path))] == []


def change(harness: JournalHarness, conversation_id: int, sequence: int, content: str) -> None:
    """Changes a message's text without a word to the indexer."""
    statement = text("UPDATE message SET content = :content WHERE conversation_id = :id AND sequence = :sequence")
    values = {"content": content, "id": conversation_id, "sequence": sequence}
    harness.journal.write(lambda transaction: transaction.session.execute(statement, values))
