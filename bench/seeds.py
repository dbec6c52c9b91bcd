"""Inserts a long history straight into each server's database.

The server itself creates the users and groups, through its API. It is then stopped, and only the messages are inserted,
by statements written for its tables.
"""

import sqlite3
from pathlib import Path

from .plan import Plan
from .servers import Server, Spec
from .tools import Load

READER = "user0"
MEMBERS = 10  # of each group; they send in turn
SERIES = "WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :count) "
UUID = "lower(hex(randomblob(16)))"
CONTENT = "substr('Message ' || n || ': ' || replace(hex(zeroblob(20)), '00', 'chat '), 1, 100)"
TIMESTAMP = "strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + n, 'unixepoch')"

# The statements of each server. :group is the group id as the API gives it, :count the number of its messages.
STATEMENTS = {
    "peer": (
        f"{SERIES} INSERT INTO message (conversation, sequence, messageId, sender, content, timestamp) "
        f"SELECT (SELECT id FROM conversation WHERE key = :group), n, {UUID}, 'user' || (n % {MEMBERS}), {CONTENT}, "
        f"{TIMESTAMP} FROM series",
        "UPDATE membership SET delivered = :count "
        "WHERE conversation = (SELECT id FROM conversation WHERE key = :group)",
    ),
    "stock": (
        f"{SERIES} INSERT INTO message "
        "(conversation_id, sequence, id, sender, receiver, content, timestamp, is_delivered_to_all) "
        f"SELECT :group, n, {UUID}, 'user' || (n % {MEMBERS}), :group, {CONTENT}, {TIMESTAMP}, 1 FROM series",
        "UPDATE conversation SET last_sequence = :count WHERE id = :group",
    ),
    "chatapp": (
        f"{SERIES} INSERT INTO message (conversation_id, sequence, revision, sender_id, content, created_at) "
        f"SELECT CAST(:group AS INTEGER), n, n + 1, (SELECT id FROM user WHERE username = 'user' || (n % {MEMBERS})), "
        f"{CONTENT}, (1700000000 + n) * 1000000 FROM series",
        "UPDATE conversation SET last_sequence = :count, revision = :count + 1, "
        "last_message_at = (1700000000 + :count) * 1000000 "
        "WHERE id = CAST(:group AS INTEGER)",
        "UPDATE membership SET delivered_sequence = :count WHERE conversation_id = CAST(:group AS INTEGER)",
        # History is measured, and not the search's index, which a start would fill in the background.
        "INSERT OR REPLACE INTO search_position (conversation_id, revision) "
        "VALUES (CAST(:group AS INTEGER), :count + 1)",
    ),
}


def seeded(plan: Plan, spec: Spec, folder: Path) -> tuple[Path, list[str]]:
    """Returns the database file of a server with the plan's history in it, and the ids of its groups."""
    database = folder / f"{spec.name}.db"
    with Server(spec, folder, MEMBERS, database) as server, Load(server) as load:
        load.ask("login", users=1)
        usernames = [f"user{index}" for index in range(MEMBERS)]
        groups = load.ask("groupsOf", count=plan.history_groups, usernames=usernames)["groups"]
    insert(database, STATEMENTS[spec.name], groups, plan.history_messages // plan.history_groups)
    return database, groups


def insert(database: Path, statements: tuple[str, ...], groups: list[str], count: int) -> None:
    connection = sqlite3.connect(database)
    with connection:
        for group in groups:
            for statement in statements:
                connection.execute(statement, {"group": group, "count": count})
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
