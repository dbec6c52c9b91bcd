"""Databases of every earlier version, with rows in every table, brought up to this one: at rest, and under load."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from chatapp import close_app, create_app
from chatapp.extensions import db
from chatapp.migrations import alembic_config, bring_up_to_date, newest_revision, revisions
from tests.databases import Databases
from tests.old_rows import ROWS, Rows, fill, rows_of
from tests.test_migrations import differences, start_upgrade

CHANGED = {("message", "id"): "0001", ("search_position", "revision"): "0035"}
"""Columns that a migration removes or changes on purpose, and the newest revision that has them as they were."""
UNDER_LOAD = ("0003", "0018", revisions()[-2])


@pytest.fixture
def app(databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """On a database without tables."""
    made = create_app({"instance": tmp_path, "database_url": databases.new_empty(), "async_mode": "threading"})
    yield made
    close_app(made)


def make_old(app: Flask, revision: str) -> Rows:
    """Makes the tables of an earlier version and fills them. Returns their rows."""
    with app.app_context():
        command.upgrade(alembic_config(), revision)
        with db.engine.begin() as connection:
            fill(connection)
            return rows_of(connection)


def is_kept(table: str, column: str, revision: str) -> bool:
    return CHANGED.get((table, column), "") < revision


@pytest.mark.slow
@pytest.mark.parametrize("revision", revisions()[:-1])
def test_every_row_of_an_earlier_version_is_kept(app: Flask, revision: str) -> None:
    before = make_old(app, revision)
    assert len(before) >= 6
    assert all(len(rows) == ROWS for rows in before.values())
    bring_up_to_date(app)
    with app.app_context(), db.engine.connect() as connection:
        after = rows_of(connection)
    for table, rows in before.items():
        kept = [name for name in rows[0] if is_kept(table, name, revision)]
        assert [{name: row[name] for name in kept} for row in after[table]] == [
            {name: row[name] for name in kept} for row in rows
        ], table
    assert differences(app) == []


@pytest.mark.slow
@pytest.mark.parametrize("revision", UNDER_LOAD)
def test_an_upgrade_loses_nothing_that_is_written_meanwhile(app: Flask, revision: str, tmp_path: Path) -> None:
    before = make_old(app, revision)
    url = app.extensions["chatapp.settings"].database_url
    writer = Writer(url, ROWS + 1)
    writer.start()
    time.sleep(0.2)
    process = start_upgrade(url, tmp_path)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    stored = writer.stop()
    assert len(stored) > 10
    with app.app_context(), db.engine.connect() as connection:
        found = connection.execute(text("SELECT sequence FROM message WHERE conversation_id = 1 ORDER BY sequence"))
        assert [row.sequence for row in found] == [1, *stored]
        after = rows_of(connection)
    assert len(after["user"]) == len(before["user"])
    assert differences(app) == []


class Writer:
    """An older process that stores messages, and notes those whose commit has succeeded."""

    def __init__(self, url: str, first: int) -> None:
        self._engine: Engine = create_engine(url)
        self._next = first
        self._stored: list[int] = []
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> list[int]:
        """The sequences that are stored."""
        self._ends.set()
        self._thread.join(timeout=60)
        self._engine.dispose()
        return self._stored

    def _write(self) -> None:
        insert = """INSERT INTO message (conversation_id, sequence, sender_id, content, client_id, created_at, revision)
            VALUES (1, :sequence, 1, 'meanwhile', NULL, 0, :sequence)"""
        while not self._ends.is_set():
            # A table that is being replaced refuses the message, and its sender is told so.
            with suppress(SQLAlchemyError):
                with self._engine.begin() as connection:
                    connection.execute(text(insert), {"sequence": self._next})
                self._stored.append(self._next)
            self._next += 1
            time.sleep(0.005)


@pytest.mark.slow
def test_a_version_that_is_older_than_its_database_says_so_and_changes_nothing(app: Flask, tmp_path: Path) -> None:
    bring_up_to_date(app)
    newer = f"{int(newest_revision()) + 1:04}"
    with app.app_context(), db.engine.begin() as connection:
        fill_with = text("UPDATE alembic_version SET version_num = :newer")
        connection.execute(fill_with, {"newer": newer})
        before = rows_of(connection)
    process = start_upgrade(app.extensions["chatapp.settings"].database_url, tmp_path)
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"a database of a newer version of chatapp, at revision {newer}" in said + errors
    assert "Traceback" not in said + errors
    with app.app_context(), db.engine.connect() as connection:
        assert rows_of(connection) == before
