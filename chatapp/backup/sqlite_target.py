"""Puts the database of an archive in the place of a SQLite file."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import NullPool, create_engine

from chatapp.backup.database_state import rows_by_table
from chatapp.backup.errors import BackupFailed
from chatapp.backup.manifest import Manifest
from chatapp.backup.sqlite_copy import require_sound, unpack

LOGS = ("-wal", "-shm")
"""How the names of the files end that belong to a database which was not closed."""


class SqliteTarget:
    """The file that the setting names."""

    kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._ready = self._path.with_name(self._path.name + ".restoring")
        self.name = str(self._path)

    def require_unused(self) -> None:
        """Raises BackupFailed while another process has the database open. Also moves its log into it."""
        if not self.has_data():
            return
        # Leaving WAL mode takes a lock that nobody gets while another connection is open.
        with closing(sqlite3.connect(self._path, timeout=0, isolation_level=None)) as connection:
            try:
                connection.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError:
                raise BackupFailed(f"Another process uses {self._path}. Stop it first.") from None
            except sqlite3.DatabaseError:
                # A damaged file is what a backup is restored for.
                return

    def has_data(self) -> bool:
        return self._path.exists() and self._path.stat().st_size > 0

    def prepare(self, member: Path, manifest: Manifest) -> None:
        """Unpacks the member beside the file. Raises BackupFailed if it is not what the manifest says."""
        self._ready.unlink(missing_ok=True)
        unpack(member, self._ready)
        require_sound(self._ready)
        with create_engine(f"sqlite:///{self._ready}", poolclass=NullPool).connect() as connection:
            require_rows(rows_by_table(connection), manifest)

    def put(self, ending: str) -> list[str]:
        """Puts what was prepared in place. What was there gets this ending. Returns the names that it has now."""
        moved = []
        for path in (self._path, *(self._path.with_name(self._path.name + log) for log in LOGS)):
            with suppress(FileNotFoundError):
                aside = path.with_name(path.name + ending)
                path.rename(aside)
                moved.append(str(aside))
        os.replace(self._ready, self._path)
        return moved

    def clean(self) -> None:
        """Removes what was prepared and not put in place."""
        self._ready.unlink(missing_ok=True)


def require_rows(found: dict[str, int], manifest: Manifest) -> None:
    """Raises BackupFailed if tables have other numbers of rows than the manifest says."""
    wrong = sorted(name for name in {*found, *manifest.rows} if found.get(name) != manifest.rows.get(name))
    if wrong:
        raise BackupFailed(f"The table {wrong[0]} does not have the rows that the archive names.")
