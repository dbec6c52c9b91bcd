"""Migrations lead to the tables that the models describe, and back."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, text

from chatapp import close_app, create_app
from chatapp.actions.accounts import NewUser, add_users, list_accounts
from chatapp.extensions import db
from chatapp.migrations import (
    SEARCH_INDEX,
    alembic_config,
    bring_up_to_date,
    create_tables_if_new,
    has_model,
    newest_revision,
)
from chatapp.models.base import Base
from tests.databases import Databases
from tests.servers import ROOT, environment

OpenApp = Callable[[str], Flask]


@pytest.fixture
def open_app(tmp_path: Path) -> Iterator[OpenApp]:
    """`open_app(url)` is an application on a database, which it does not migrate."""
    made: list[Flask] = []

    def make(url: str) -> Flask:
        made.append(create_app({"instance": tmp_path, "database_url": url, "async_mode": "threading"}))
        return made[-1]

    yield make
    for app in made:
        close_app(app)


@pytest.fixture
def app(databases: Databases, open_app: OpenApp) -> Flask:
    """On a database without tables."""
    return open_app(databases.new_empty())


def tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(inspect(db.engine).get_table_names())


def differences(app: Flask) -> list[Any]:
    """The operations that a new migration would need."""
    with app.app_context(), db.engine.connect() as connection:
        opts = {"compare_type": True, "compare_server_default": True, "include_object": has_model}
        context = MigrationContext.configure(connection, opts=opts)
        found: list[Any] = compare_metadata(context, Base.metadata)
        return found


def test_the_newest_revision_is_alembics_head() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == newest_revision()


def test_an_empty_database_gets_the_tables_of_the_models(app: Flask) -> None:
    assert tables(app) == set()
    assert differences(app), "the comparison can tell a difference"
    bring_up_to_date(app)
    assert differences(app) == []
    found = tables(app)
    assert {name for name in found if not name.startswith(SEARCH_INDEX)} == {*Base.metadata.tables, "alembic_version"}
    assert any(name.startswith(SEARCH_INDEX) for name in found)


def test_the_constraints_are_those_of_the_models(app: Flask) -> None:
    """Autogeneration looks at neither check constraints nor primary keys."""
    bring_up_to_date(app)
    with app.app_context():
        found = inspect(db.engine)
        for name, table in Base.metadata.tables.items():
            assert found.get_pk_constraint(name)["constrained_columns"] == [one.name for one in table.primary_key]
            uniques = {tuple(one["column_names"]) for one in found.get_unique_constraints(name)}
            named = {tuple(column.name for column in one.columns) for one in table.constraints if _is_unique(one)}
            assert uniques == named, name
        checks = [one["name"] for one in found.get_check_constraints("conversation")]
        assert checks == ["ck_conversation_direct_has_key"]


def test_migrated_tables_store_and_return_users(app: Flask) -> None:
    bring_up_to_date(app)
    add_users(app.extensions["chatapp.journal"], [NewUser("alice", "Alice")])
    with app.app_context():
        assert [account.username for account in list_accounts()] == ["alice"]


def test_a_downgrade_drops_every_table_and_an_upgrade_restores_them(app: Flask) -> None:
    bring_up_to_date(app)
    with app.app_context():
        command.downgrade(alembic_config(), "base")
    assert tables(app) == {"alembic_version"}
    bring_up_to_date(app)
    assert differences(app) == []


MESSAGES = [(1, 2, 1, "second", None), (1, 1, 1, "first", None), (2, 1, 1, "elsewhere", "a"), (1, 3, 1, "third", "b")]


def test_messages_survive_the_change_of_their_key_in_both_directions(app: Flask) -> None:
    with app.app_context():
        command.upgrade(alembic_config(), "0001")
        with db.engine.begin() as connection:
            connection.execute(
                text(
                    """INSERT INTO "user" (id, username, first_name, last_name, is_active, created_at)
                    VALUES (1, 'alice', 'Alice', '', true, 0)"""
                )
            )
            connection.execute(
                text(
                    """INSERT INTO conversation (id, kind, created_by, created_at, last_sequence)
                    VALUES (1, 'group', 1, 0, 3), (2, 'group', 1, 0, 1)"""
                )
            )
            for row in MESSAGES:
                names = ("conversation_id", "sequence", "sender_id", "content", "client_id")
                connection.execute(
                    text(
                        """INSERT INTO message (conversation_id, sequence, sender_id, content, client_id, created_at)
                        VALUES (:conversation_id, :sequence, :sender_id, :content, :client_id, 0)"""
                    ),
                    dict(zip(names, row, strict=True)),
                )
        for step, revision in ((command.upgrade, "0002"), (command.downgrade, "0001"), (command.upgrade, "head")):
            step(alembic_config(), revision)
            with db.engine.connect() as connection:
                columns = "conversation_id, sequence, sender_id, content, client_id"
                found = connection.execute(text(f"SELECT {columns} FROM message ORDER BY 1, 2")).all()
            assert [tuple(row) for row in found] == sorted(MESSAGES)
    assert differences(app) == []


def test_a_level_that_nobody_chose_is_called_default(app: Flask) -> None:
    bring_up_to_date(app)
    add_users(app.extensions["chatapp.journal"], [NewUser("alice", "Alice")])
    with app.app_context():
        command.downgrade(alembic_config(), "0030")
        insert = "INSERT INTO conversation_preference VALUES (1, :is_group, 1, :level, NULL, 1)"
        with db.engine.begin() as connection:
            connection.execute(text(insert), [{"is_group": False, "level": "all"}, {"is_group": True, "level": "none"}])
        command.upgrade(alembic_config(), "head")
        query = text("SELECT level FROM conversation_preference ORDER BY level")
        assert list(db.session.scalars(query)) == ["default", "none"]


def test_a_second_migration_changes_nothing(app: Flask) -> None:
    bring_up_to_date(app)
    add_users(app.extensions["chatapp.journal"], [NewUser("alice", "Alice")])
    for again in (bring_up_to_date, create_tables_if_new):
        again(app)
        assert differences(app) == []
        with app.app_context():
            assert [account.username for account in list_accounts()] == ["alice"]


def test_a_database_with_tables_is_left_to_the_operator(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    bring_up_to_date(app)
    with app.app_context():
        command.downgrade(alembic_config(), "base")
    create_tables_if_new(app)
    assert tables(app) == {"alembic_version"}
    assert "chatapp db upgrade" in caplog.text


def test_a_failed_migration_leaves_the_database_unchanged(app: Flask) -> None:
    with app.app_context():
        with db.engine.begin() as connection:
            # Conflicts with the last table, after the tables before it were created.
            connection.execute(text("CREATE TABLE message (id INTEGER)"))
        with pytest.raises((SystemExit, Exception), match=r"(?i)already exists|1"):
            command.upgrade(alembic_config(), "head")
        db.session.remove()
    assert tables(app) - {"alembic_version"} == {"message"}


@pytest.mark.slow
def test_processes_that_start_at_once_create_the_tables_once(
    databases: Databases, open_app: OpenApp, tmp_path: Path
) -> None:
    url = databases.new_empty()
    started = [start_upgrade(url, tmp_path) for _ in range(2)]
    for process in started:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    assert differences(open_app(url)) == []


@pytest.mark.slow
def test_a_process_that_has_migrated_does_not_block_another(
    databases: Databases, open_app: OpenApp, tmp_path: Path
) -> None:
    url = databases.new_empty()
    app = open_app(url)
    bring_up_to_date(app)
    _, errors = (process := start_upgrade(url, tmp_path)).communicate(timeout=60)
    assert process.returncode == 0, errors
    assert differences(app) == []


def start_upgrade(url: str, instance: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "chatapp", "db", "upgrade"],
        cwd=ROOT,
        env=environment(CHATAPP_DATABASE_URL=url, CHATAPP_INSTANCE=instance),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _is_unique(constraint: object) -> bool:
    return type(constraint).__name__ == "UniqueConstraint"
