"""What an archive says of a database: read from the copy, or in the transaction that the copy was made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from chatapp.backup.errors import BackupFailed
from chatapp.migrations import current_revision

ROWS_AT_ONCE = 1_000

FILES = """SELECT hash, size, previews FROM blob
WHERE EXISTS (SELECT 1 FROM message_file f WHERE f.blob_hash = blob.hash)
OR EXISTS (SELECT 1 FROM upload u WHERE u.blob_hash = blob.hash AND u.is_ready) ORDER BY hash"""
"""The bytes of a file that is still being stored may not be there."""

SHADOW_TABLES = ("search_text_",)
"""Tables in which SQLite's index of the search keeps its own data."""


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """`rows` has the number of rows by table. `files` is a text file with a line for each uploaded file: hash, size in
    bytes, and number of previews."""

    revision: str
    rows: dict[str, int]
    files: Path
    file_count: int
    file_bytes: int


def state_of(connection: Connection, files: Path) -> DatabaseState:
    """Counts the rows, and lists the uploaded files into a new file. Raises BackupFailed if there are no tables."""
    revision = current_revision(connection)
    if revision is None:
        raise BackupFailed("There is nothing to back up: the database has no tables.")
    rows = rows_by_table(connection)
    count, size = _list_files(connection, files) if "blob" in rows else _no_files(files)
    return DatabaseState(revision, rows, files, count, size)


def rows_by_table(connection: Connection) -> dict[str, int]:
    """The number of rows of every table."""
    quote = connection.dialect.identifier_preparer.quote
    return {
        name: connection.execute(text(f"SELECT count(*) FROM {quote(name)}")).scalar_one()  # noqa: S608 a table's name
        for name in sorted(inspect(connection).get_table_names())
        if not name.startswith(SHADOW_TABLES)
    }


def listed_files(files: Path) -> Iterator[tuple[str, int, int]]:
    """The hash, the size in bytes and the number of previews of each file that was listed."""
    with files.open() as lines:
        for line in lines:
            blob_hash, size, previews = line.split()
            yield blob_hash, int(size), int(previews)


def _list_files(connection: Connection, files: Path) -> tuple[int, int]:
    count = total = 0
    found = connection.execute(text(FILES).execution_options(yield_per=ROWS_AT_ONCE))
    with files.open("w") as lines:
        for blob_hash, size, previews in found:
            lines.write(f"{blob_hash} {size} {len(previews.split())}\n")
            count += 1
            total += size
    return count, total


def _no_files(files: Path) -> tuple[int, int]:
    """In a database of a version that had none."""
    files.touch()
    return 0, 0
