"""What the database has, read from the file or from the server without a line of chatapp's code."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import psycopg2
from sqlalchemy.engine import make_url

ROWS = """SELECT m.conversation_id, m.sequence, u.username, m.content, m.client_id
FROM message m JOIN "user" u ON u.id = m.sender_id ORDER BY m.conversation_id, m.sequence"""
MEMBERS = """SELECT p.conversation_id, u.username, p.delivered_sequence, p.read_sequence
FROM membership p JOIN "user" u ON u.id = p.user_id"""
CONVERSATIONS = "SELECT id, kind, last_sequence FROM conversation"


@dataclass(frozen=True)
class Row:
    """A stored message."""

    conversation: int
    sequence: int
    sender: str
    content: str
    client_id: str | None

    @property
    def message_id(self) -> str:
        return f"{self.conversation}-{self.sequence}"


@dataclass
class Stored:
    """The stored messages in the order of their conversations and sequences; the last sequence of each conversation;
    the delivered and the read watermark of each member of each conversation; and which conversations are groups."""

    rows: list[Row]
    last_sequences: dict[int, int]
    members: dict[int, dict[str, tuple[int, int]]]
    groups: set[int] = field(default_factory=set)

    def conversation_of(self, who: str, receiver: str, *, is_group: bool) -> int | None:
        """The number of the conversation that this user addresses so; None if there is none."""
        if is_group:
            return int(receiver)
        pair = {who, receiver}
        found = (number for number, members in self.members.items() if set(members) == pair)
        return next((number for number in found if number not in self.groups), None)


def read_stored(url: str) -> Stored:
    """Reads the database with this SQLAlchemy URL."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(f"file:{parsed.database}?mode=ro", uri=True)) as connection:
            return _read(connection)
    with closing(psycopg2.connect(parsed.set(drivername="postgresql").render_as_string(hide_password=False))) as server:
        return _read(server)


def _read(connection: Any) -> Stored:
    cursor = connection.cursor()

    def all_of(sql: str) -> list[Any]:
        cursor.execute(sql)
        found: list[Any] = cursor.fetchall()
        return found

    conversations = all_of(CONVERSATIONS)
    members: dict[int, dict[str, tuple[int, int]]] = {number: {} for number, _, _ in conversations}
    for number, username, delivered, read in all_of(MEMBERS):
        members[number][username] = (delivered, read)
    return Stored(
        [Row(*row) for row in all_of(ROWS)],
        {number: last for number, _, last in conversations},
        members,
        {number for number, kind, _ in conversations if kind != "direct"},
    )
