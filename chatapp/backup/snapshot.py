"""Takes the database, as it is at one moment, into a file."""

from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import make_url

from chatapp.backup.database_state import DatabaseState, state_of
from chatapp.backup.errors import BackupFailed
from chatapp.backup.instance_folder import ASIDE
from chatapp.backup.manifest import POSTGRESQL_MEMBER, SQLITE_MEMBER
from chatapp.backup.postgresql_tools import require_tool, run_tool
from chatapp.backup.progress import Stages
from chatapp.backup.sqlite_copy import copy_database, pack
from chatapp.config import Settings

FILES = "files"
COPY = "chatapp.db"


def take_snapshot(settings: Settings, folder: Path, stages: Stages) -> DatabaseState:
    """Writes the member of the database into the folder, and the list of the uploaded files that it names. Writers go
    on meanwhile. Raises BackupFailed."""
    return (_of_sqlite if settings.is_sqlite else _of_postgresql)(settings, folder, stages)


def _of_sqlite(settings: Settings, folder: Path, stages: Stages) -> DatabaseState:
    source, copy = Path(str(make_url(settings.database_url).database)), folder / COPY
    if not source.exists():
        raise BackupFailed(f"There is nothing to back up: {source} does not exist.")
    copy_database(source, copy, stages)
    engine = create_engine(f"sqlite:///{copy}", poolclass=NullPool)
    with engine.connect() as connection:
        state = state_of(connection, folder / FILES)
    pack(copy, folder / SQLITE_MEMBER, stages)
    return state


def _of_postgresql(settings: Settings, folder: Path, stages: Stages) -> DatabaseState:
    # An engine of its own: that of the application ends what takes long.
    engine = create_engine(settings.database_url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    with engine.connect().execution_options(postgresql_readonly=True) as connection:
        state = state_of(connection, folder / FILES)
        _dump(connection, settings.database_url, folder / POSTGRESQL_MEMBER, stages)
        return state


def _dump(connection: Connection, database_url: str, target: Path, stages: Stages) -> None:
    """Dumps what the transaction of the connection sees."""
    version = connection.execute(text("SHOW server_version_num")).scalar_one()
    tool = require_tool("pg_dump", int(version) // 10_000)
    snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    length = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    written = 0
    with stages("Dumping the database", length) as advance:

        def tick() -> None:
            nonlocal written
            size = target.stat().st_size if target.exists() else 0
            advance(size - written)
            written = size

        # In a pattern of pg_dump a dot would end the name of a database.
        aside = ASIDE.replace(".", "?")
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--exclude-schema=*{aside}*"]
        run_tool([tool, *options, f"--snapshot={snapshot}", f"--file={target}"], database_url, tick)
    target.chmod(0o600)
