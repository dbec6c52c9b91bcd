"""Writes the index of the search, in a transaction of the journal: the only module that knows its tables.

SQLite has an FTS5 table without content, whose rowid is the conversation's id and the message's sequence in one number.
FTS5 forgets a message only if it is given the old tokens. They are computed from the old text and the old names of its
files: those of the message's rows, or where these have changed since, what a trigger has kept in `search_replaced`.
PostgreSQL has a `tsvector` in a row of its own for each message.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from chatapp.journal.drafts import StoredMessage
from chatapp.journal.transaction import Transaction
from chatapp.journal.values import value_rows
from chatapp.search.named_files import NAMES_IN_SQLITE, names_in
from chatapp.search.tokens import message_tokens

MERGED_PAGES = 8
"""Pages of FTS5's index that one transaction merges. Its automatic merges take up to 30 ms at once."""

REMOVED_AT_ONCE = 200
"""Messages of a deleted group in one transaction."""

TSVECTOR_POSITIONS = 16_383
"""PostgreSQL's highest position in a text (https://www.postgresql.org/docs/current/textsearch-limitations.html)."""

POSITIONS = "SELECT conversation_id, revision FROM search_position WHERE conversation_id IN ({ids})"
MOVE = """INSERT INTO search_position (conversation_id, revision) VALUES (?, ?)
ON CONFLICT (conversation_id) DO UPDATE SET revision = excluded.revision"""
LOCK = (
    """INSERT INTO search_position (conversation_id, revision) VALUES (?, 0) ON CONFLICT (conversation_id) DO NOTHING"""
)

FORGET_TOKENS = "INSERT INTO search_text (search_text, rowid, tokens) VALUES ('delete', ?, ?)"
ADD_TOKENS = "INSERT INTO search_text (rowid, tokens) VALUES (?, ?)"
MERGE = "INSERT INTO search_text (search_text, rank) VALUES ('merge', ?)"
COMPACTION = "SELECT value FROM installation_setting WHERE name = 'search_compaction'"
MAKE_DUE = """INSERT INTO installation_setting (name, value) VALUES ('search_compaction', 'due')
ON CONFLICT (name) DO UPDATE SET value = 'due' WHERE value <> 'due'"""
MAKE_RUNNING = "UPDATE installation_setting SET value = 'running' WHERE name = 'search_compaction'"
END_COMPACTION = "DELETE FROM installation_setting WHERE name = 'search_compaction' AND value = 'running'"
KNOWN = f"""SELECT d.id, COALESCE(r.content, m.content), COALESCE(r.sender_id, m.sender_id),
COALESCE(r.names, {NAMES_IN_SQLITE})
FROM search_text_docsize d LEFT JOIN search_replaced r ON r.id = d.id
LEFT JOIN message m ON m.conversation_id = d.id >> 32 AND m.sequence = d.id & 4294967295"""  # noqa: S608 constants only
PRESENT = f"""WITH wanted (conversation_id, sequence) AS (VALUES {{rows}})
SELECT m.conversation_id, m.sequence, m.content, m.sender_id, {NAMES_IN_SQLITE} FROM wanted w CROSS JOIN message m
WHERE m.conversation_id = w.conversation_id AND m.sequence = w.sequence"""  # noqa: S608 constants only
DROP_REPLACED = "DELETE FROM search_replaced WHERE id = ?"

ADD_ENTRY = """INSERT INTO search_entry (conversation_id, sequence, created_at, tokens)
SELECT conversation_id, sequence, created_at, ?::tsvector FROM message WHERE conversation_id = ? AND sequence = ?
ON CONFLICT (conversation_id, sequence) DO UPDATE SET tokens = excluded.tokens"""
REMOVE_ENTRY = "DELETE FROM search_entry WHERE conversation_id = ? AND sequence = ?"
REMOVE_ENTRIES = """DELETE FROM search_entry WHERE conversation_id = ? AND sequence IN
(SELECT sequence FROM search_entry WHERE conversation_id = ? ORDER BY sequence LIMIT ?)"""

REMOVE_RANGE = "DELETE FROM search_entry WHERE conversation_id = ? AND sequence BETWEEN ? AND ?"

CLEAR_SQLITE = (
    "DELETE FROM search_position",
    "DELETE FROM search_replaced",
    "INSERT INTO search_text (search_text) VALUES ('delete-all')",
)
CLEAR_POSTGRESQL = ("DELETE FROM search_position", "TRUNCATE search_entry")


class SearchIndex:
    """The index in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        connection = transaction.session.connection()
        self._is_sqlite = connection.dialect.name == "sqlite"
        # The driver's cursor: with few messages at once, SQLAlchemy's cost more than FTS5's work.
        driver: Any = connection.connection.driver_connection
        self._cursor: Any = driver.cursor()

    def positions(self, conversation_ids: Iterable[int]) -> dict[int, int]:
        """The revision up to which each of these conversations is indexed, by conversation id. No other process moves
        them until the transaction ends: it has the only write lock of SQLite, or locks of the rows."""
        ids = sorted(conversation_ids)
        found = dict.fromkeys(ids, 0)
        sql = POSITIONS.format(ids=", ".join(map(str, ids)))
        if not self._is_sqlite:
            self._run_many(LOCK, [(conversation_id,) for conversation_id in ids])
            sql += " ORDER BY conversation_id FOR UPDATE"
        found.update(dict(self._rows(sql)))
        return found

    def move(self, revisions: dict[int, int]) -> None:
        """Stores the revision up to which conversations are indexed, by conversation id."""
        self._run_many(MOVE, sorted(revisions.items()))

    def put(self, messages: Sequence[StoredMessage]) -> None:
        """Indexes messages by their present text and the names of their files, each once. A message without both is
        removed."""
        if not messages:
            return
        if self._is_sqlite:
            self._forget([_rowid(message.conversation_id, message.sequence) for message in messages])
            rows = [
                (_rowid(conversation_id, sequence), " ".join(message_tokens(content, sender_id, names_in(names))))
                for conversation_id, sequence, content, sender_id, names in self._present(messages)
                if content or names
            ]
            self._run_many(ADD_TOKENS, rows)
            if len(rows) < len(messages):
                self._run(MAKE_DUE)
            self._run(MERGE, (MERGED_PAGES,))
            return
        for found in messages:
            key = (found.conversation_id, found.sequence)
            if found.content or found.file_names:
                vector = _vector(message_tokens(found.content, found.sender_id, found.file_names))
                # Without the message's row, which may have been erased since it was read, nothing is added.
                self._run_many(ADD_ENTRY, [(vector, *key)])
            else:
                self._run_many(REMOVE_ENTRY, [key])

    def remove_some(self, conversation_id: int) -> bool:
        """Removes the messages of a deleted group, REMOVED_AT_ONCE at most. Returns whether there may be more."""
        if not self._is_sqlite:
            row = (conversation_id, conversation_id, REMOVED_AT_ONCE)
            self._run(REMOVE_ENTRIES, row)
            return bool(self._cursor.rowcount == REMOVED_AT_ONCE)
        sql = "SELECT id FROM search_text_docsize WHERE id BETWEEN ? AND ? LIMIT ?"
        row = (_rowid(conversation_id, 0), _rowid(conversation_id + 1, 0) - 1, REMOVED_AT_ONCE)
        rowids = [found[0] for found in self._rows(sql, row)]
        self._forget(rowids)
        self._run(MAKE_DUE)
        return len(rowids) == REMOVED_AT_ONCE

    def remove_range(self, conversation_id: int, first: int, last: int) -> None:
        """Removes messages of a conversation, before their rows are deleted."""
        self.positions([conversation_id])
        if not self._is_sqlite:
            self._run(REMOVE_RANGE, (conversation_id, first, last))
            return
        sql = "SELECT id FROM search_text_docsize WHERE id BETWEEN ? AND ?"
        found = self._rows(sql, (_rowid(conversation_id, first), _rowid(conversation_id, last)))
        self._forget([row[0] for row in found])
        self._run(MAKE_DUE)
        self._run(MERGE, (MERGED_PAGES,))

    def begin_compaction(self) -> None:
        """Begins to merge all of FTS5's segments into one. FTS5 forgets a message by writing its words a second time,
        as deleted, and only a merge with the oldest segment drops both."""
        self._run(MAKE_RUNNING)
        self._run(MERGE, (-MERGED_PAGES,))

    def compact(self) -> bool:
        """Merges the next MERGED_PAGES. Returns whether there may be more to merge; by what FTS5 has changed, as
        https://www.sqlite.org/fts5.html#the_merge_command says."""
        [(before,)] = self._rows("SELECT total_changes()")
        self._run(MERGE, (MERGED_PAGES,))
        [(after,)] = self._rows("SELECT total_changes()")
        return bool(after - before >= 2)

    def end_compaction(self) -> None:
        """It stays due if more messages have gone since it began."""
        self._run(END_COMPACTION)

    def clear(self) -> None:
        """Removes everything."""
        for statement in CLEAR_SQLITE if self._is_sqlite else CLEAR_POSTGRESQL:
            self._run(statement)

    def _present(self, messages: Sequence[StoredMessage]) -> Sequence[Any]:
        """The messages as they are in this transaction. They may have changed or gone since the change log was read,
        and FTS5 could not forget a text that no row has had."""
        keys = [number for found in messages for number in (found.conversation_id, found.sequence)]
        sql = PRESENT.format(rows=value_rows(2, len(messages)))
        return self._rows(sql, tuple(keys))

    def _forget(self, rowids: list[int]) -> None:
        """Removes what the index has of these messages, under the text that they were indexed by."""
        sql = f"{KNOWN} WHERE d.id IN ({', '.join(map(str, rowids))})"
        known = self._rows(sql) if rowids else []
        tokens = [(row[0], " ".join(message_tokens(row[1], row[2], names_in(row[3])))) for row in known]
        self._run_many(FORGET_TOKENS, tokens)
        self._run_many(DROP_REPLACED, [(row[0],) for row in known])

    def _rows(self, sql: str, parameters: tuple[Any, ...] = ()) -> Sequence[Any]:
        self._run(sql, parameters)
        rows: Sequence[Any] = self._cursor.fetchall()
        return rows

    def _run(self, sql: str, parameters: tuple[Any, ...] = ()) -> None:
        self._execute(self._cursor.execute, sql, parameters)

    def _run_many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            self._execute(self._cursor.executemany, sql, rows)

    def _execute(self, execute: Callable[[str, Any], object], sql: str, parameters: Any) -> None:
        try:
            execute(sql if self._is_sqlite else sql.replace("?", "%s"), parameters)
        except BaseException:
            # The traceback refers to the cursor, and SQLite keeps a closed connection as long as a statement of it.
            self._cursor.close()
            raise


def _rowid(conversation_id: int, sequence: int) -> int:
    return (conversation_id << 32) + sequence


def _vector(tokens: list[str]) -> str:
    """The literal of a `tsvector`. Tokens hold neither quotes nor backslashes."""
    return " ".join(f"'{token}':{min(at, TSVECTOR_POSITIONS)}" for at, token in enumerate(tokens, start=1))
