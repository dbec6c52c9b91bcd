"""All that is looked for, in one view of the database."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

from chatapp.config import Settings
from chatapp.files.file_store import FileStore
from chatapp.integrity import numbering, orphans, search_index
from chatapp.integrity.files import file_findings
from chatapp.integrity.finding import RESTORE, Finding, Question, ask

DAMAGES_SHOWN = 20

FAILED_JOBS = Question(
    "job",
    "SELECT id, kind, error FROM job WHERE state = 'failed' ORDER BY id",
    "Job {0} ({1}) has failed for good: {2}",
    "`chatapp jobs retry {0}` tries it again, `chatapp jobs forget {0}` deletes it.",
)


def findings(settings: Settings, store: FileStore) -> Iterator[Finding]:
    """What is wrong, one after the other. Reads only, and keeps no writer waiting."""
    with _connected(settings) as (connection, present):
        damages = list(_damages(connection)) if settings.is_sqlite else []
        yield from damages
        if damages:
            # What a damaged file answers to other questions means nothing.
            return
        yield from ask(connection, orphans.QUESTIONS)
        yield from ask(connection, numbering.QUESTIONS)
        yield from search_index.behind(connection, present)
        index = search_index.IN_SQLITE if settings.is_sqlite else search_index.IN_POSTGRESQL
        yield from ask(connection, (search_index.BEYOND, *index))
        yield from file_findings(connection, present, store)
        yield from ask(connection, (FAILED_JOBS,))


@contextmanager
def _connected(settings: Settings) -> Iterator[tuple[Connection, Connection]]:
    """Two connections that cannot write: one that sees the database as it is now for as long as it is open, and one
    that sees what is committed meanwhile. Neither has the time limits of the application's."""
    engine = _sqlite(settings) if settings.is_sqlite else create_engine(settings.database_url, poolclass=NullPool)
    with engine.connect() as connection, engine.connect() as present:
        if settings.is_sqlite:
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            present.execution_options(isolation_level="AUTOCOMMIT", postgresql_readonly=True)
        yield connection, present


def _sqlite(settings: Settings) -> Engine:
    path = Path(str(make_url(settings.database_url).database)).absolute()

    def connect() -> Any:
        # None: sqlite3 opens no transaction by itself.
        return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)

    return create_engine("sqlite://", creator=connect, poolclass=NullPool)


def _damages(connection: Connection) -> Iterator[Finding]:
    remedy = f"Stop the server and keep a copy of the file. {RESTORE}"
    try:
        rows = connection.execute(text(f"PRAGMA integrity_check({DAMAGES_SHOWN})")).scalars().all()
    except DatabaseError as error:
        rows = [str(error.orig)]
    for row in rows:
        if row != "ok":
            yield Finding("damage", f"SQLite says: {' '.join(str(row).split())}.", remedy)
