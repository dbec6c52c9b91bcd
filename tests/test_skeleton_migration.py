"""The upgrade of accounts that are older than the rule for usernames, and whose names look alike."""

from pathlib import Path

from alembic import command
from sqlalchemy import text

from chatapp import close_app, create_app
from chatapp.actions.accounts import NewUser, add_users
from chatapp.errors import Conflict
from chatapp.extensions import db
from chatapp.migrations import alembic_config
from tests.databases import Databases

BEFORE = "0018"
OLDER = [("alice", "Alice"), ("аlice", "Аlice"), ("Bob", "Bob"), ("ａlice", "Alice"), ("b0b", "Bo"), ("carol", "C")]
"""Usernames and first names in the order in which the accounts were made."""


def test_accounts_whose_names_look_alike_survive_and_the_oldest_has_the_name(
    databases: Databases, tmp_path: Path
) -> None:
    app = create_app({"instance": tmp_path, "database_url": databases.new_empty(), "async_mode": "threading"})
    try:
        with app.app_context():
            command.upgrade(alembic_config(), BEFORE)
            with db.engine.begin() as connection:
                insert = """INSERT INTO "user" (id, username, first_name, last_name, is_active, created_at)
                    VALUES (:id, :username, :first, '', true, 0)"""
                for number, (username, first) in enumerate(OLDER, start=1):
                    connection.execute(text(insert), {"id": number, "username": username, "first": first})
            command.upgrade(alembic_config(), "head")
            with db.engine.connect() as connection:
                query = 'SELECT username, name_skeleton, display_skeleton FROM "user" ORDER BY id'
                rows = [tuple(row) for row in connection.execute(text(query))]
            journal = app.extensions["chatapp.journal"]
            for name in ("a1ice", "bob", "B0b".lower(), "carol"):
                try:
                    add_users(journal, [NewUser(name, "New")])
                except Conflict:
                    continue
                raise AssertionError(f"{name} was added")
            command.downgrade(alembic_config(), BEFORE)
    finally:
        close_app(app)
    assert rows == [
        ("alice", "alice", "allce"),
        ("аlice", None, "allce"),
        ("Bob", "bob", "bob"),
        ("ａlice", None, "allce"),
        ("b0b", None, "bo"),
        ("carol", "carol", "c"),
    ]
