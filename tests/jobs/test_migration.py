"""The upgrade adds jobs for what waited before there was a queue."""

from pathlib import Path

from alembic import command
from sqlalchemy import text

from chatapp import close_app, create_app
from chatapp.extensions import db
from chatapp.migrations import alembic_config
from tests.databases import Databases

BEFORE = "0030"
ROWS = (
    """INSERT INTO "user" (id, username, first_name, last_name, is_active, created_at)
    VALUES (1, 'alice', 'Alice', '', true, 0), (2, 'bob', 'Bob', '', true, 0)""",
    """INSERT INTO scheduled_message (user_id, client_id, is_group, target_id, content, due_at, status, user_revision)
    VALUES (1, 'a-waits', false, 2, 'later', 5000, 'waiting', 1), (1, 'b-gone', false, 2, '', 6000, 'gone', 2)""",
    "INSERT INTO removal (user_id, erases, began_at) VALUES (2, true, 7000)",
)


def test_scheduled_messages_and_removals_get_their_jobs(databases: Databases, tmp_path: Path) -> None:
    app = create_app({"instance": tmp_path, "database_url": databases.new_empty(), "async_mode": "threading"})
    try:
        with app.app_context():
            command.upgrade(alembic_config(), BEFORE)
            with db.engine.begin() as connection:
                for statement in ROWS:
                    connection.execute(text(statement))
            command.upgrade(alembic_config(), "head")
            with db.engine.connect() as connection:
                query = "SELECT kind, key, payload, due_at, state, attempts FROM job ORDER BY due_at"
                rows = [tuple(row) for row in connection.execute(text(query))]
            command.downgrade(alembic_config(), BEFORE)
    finally:
        close_app(app)
    assert rows == [
        ("scheduled_message", "1/a-waits", "{}", 5000, "waiting", 0),
        ("removal", "2", "{}", 7000, "waiting", 0),
    ]
