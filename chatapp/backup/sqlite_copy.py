"""Copies a SQLite database while others write to it, and packs and unpacks the copy."""

import gzip
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from chatapp.backup.errors import BackupFailed
from chatapp.backup.progress import Stages

PAGES_AT_ONCE = 256
"""One megabyte."""
COMPRESSION_LEVEL = 3
COPIED_BYTES = 1 << 20


def copy_database(source: Path, target: Path, stages: Stages) -> None:
    """Writes the database, as it is at one moment, into a new file without a log. Raises BackupFailed if the copy is
    damaged.

    SQLite begins a copy anew whenever another process has committed, so that it would not end beside a busy server. It
    does not inside of a read transaction, which in WAL mode keeps no writer waiting.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))
    with closing(_open_for_reading(source)) as reader, closing(sqlite3.connect(target)) as copy:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (page_bytes,) = reader.execute("PRAGMA page_size").fetchone()
        (pages,) = reader.execute("PRAGMA page_count").fetchone()
        left = pages
        with stages("Copying the database", pages * page_bytes) as advance:

            def progress(_status: int, remaining: int, _total: int) -> None:
                nonlocal left
                advance((left - remaining) * page_bytes)
                left = remaining

            reader.backup(copy, pages=PAGES_AT_ONCE, progress=progress)
        copy.execute("PRAGMA journal_mode=DELETE")
    require_sound(target)


def require_sound(path: Path) -> None:
    """Raises BackupFailed if SQLite finds something wrong with the file."""
    with closing(_open_for_reading(path)) as connection:
        try:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
        except sqlite3.DatabaseError as error:
            found = [str(error)]
    if found != ["ok"]:
        raise BackupFailed(f"The database is damaged: {found[0]}. `chatapp db check` says more.")


def pack(source: Path, target: Path, stages: Stages) -> None:
    """Compresses a file by gzip, and removes it."""
    with (
        source.open("rb") as plain,
        gzip.GzipFile(target, "wb", COMPRESSION_LEVEL, mtime=0) as packed,
        stages("Compressing the database", source.stat().st_size) as advance,
    ):
        while piece := plain.read(COPIED_BYTES):
            packed.write(piece)
            advance(len(piece))
    source.unlink()


def unpack(source: Path, target: Path) -> None:
    """The opposite of `pack`, into a new file for its owner alone, which is on the disk when this returns."""
    with gzip.open(source) as packed, open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as plain:
        shutil.copyfileobj(packed, plain, COPIED_BYTES)
        plain.flush()
        os.fsync(plain.fileno())
    source.unlink()


def _open_for_reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)
