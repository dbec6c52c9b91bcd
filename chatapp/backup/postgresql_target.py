"""Puts the database of an archive into a database of PostgreSQL."""

from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
from sqlalchemy import NullPool, create_engine, inspect
from sqlalchemy.engine import make_url

from chatapp.backup.database_state import rows_by_table
from chatapp.backup.errors import BackupFailed
from chatapp.backup.manifest import Manifest
from chatapp.backup.postgresql_tools import connect_arguments, require_tool, run_tool
from chatapp.backup.sqlite_target import require_rows

OTHERS = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""


class PostgresqlTarget:
    """The database that the setting names: the schema in which its tables are made."""

    kind = "postgresql"

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._member: Path | None = None
        self._manifest: Manifest | None = None
        self._tool = ""
        self.name = make_url(database_url).render_as_string(hide_password=True)

    def require_unused(self) -> None:
        """Raises BackupFailed while others are connected to the database."""
        (others,) = self._run(OTHERS)
        if others:
            raise BackupFailed(f"The database has {others} other connections. Stop all servers of it first.")

    def has_data(self) -> bool:
        return bool(inspect(create_engine(self._url, poolclass=NullPool)).get_table_names())

    def prepare(self, member: Path, manifest: Manifest) -> None:
        """Looks for the program that restores. Raises BackupFailed if it is missing or too old."""
        (version,) = self._run("SHOW server_version_num")
        self._tool = require_tool("pg_restore", int(version) // 10_000)
        self._member, self._manifest = member, manifest

    def put(self, ending: str) -> list[str]:
        """Restores into an empty schema. One with tables gets another name, which is returned.

        Raises BackupFailed, and then everything is as it was.
        """
        if not self.has_data():
            self._restore()
            return []
        (schema,) = self._run("SELECT current_schema()")
        aside = schema + ending
        self._run(f'ALTER SCHEMA "{schema}" RENAME TO "{aside}"', f'CREATE SCHEMA "{schema}"')
        try:
            self._restore()
        except BaseException:
            self._run(f'DROP SCHEMA "{schema}" CASCADE', f'ALTER SCHEMA "{aside}" RENAME TO "{schema}"')
            raise
        return [f"the schema {aside} of the database"]

    def clean(self) -> None:
        """Nothing: what is prepared is in the archive's folder."""

    def _restore(self) -> None:
        assert self._member is not None  # noqa: S101 after `prepare`
        assert self._manifest is not None  # noqa: S101
        options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        run_tool([self._tool, *options, str(self._member)], self._url, lambda: None)
        with create_engine(self._url, poolclass=NullPool).connect() as connection:
            require_rows(rows_by_table(connection), self._manifest)

    def _run(self, *statements: str) -> tuple[Any, ...]:
        """Runs statements in one transaction. Returns the first row of the last one; nothing if it has no rows."""
        with closing(psycopg2.connect(**connect_arguments(self._url))) as connection, connection:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            row: tuple[Any, ...] = cursor.fetchone() if cursor.description else ()
            return row
