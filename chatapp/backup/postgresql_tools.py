"""Runs PostgreSQL's own programs, which are on the PATH."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from tempfile import TemporaryFile
from typing import Any

from psycopg2.extensions import make_dsn
from sqlalchemy.engine import make_url

from chatapp.backup.errors import BackupFailed

POLL_SECONDS = 0.1


def require_tool(name: str, server_version: int) -> str:
    """The path of a program. Raises BackupFailed if it is missing or older than the server, of this major version."""
    path = shutil.which(name)
    if path is None:
        raise BackupFailed(
            f"{name} is not on the PATH. Install the programs of PostgreSQL {server_version}, on Debian "
            "postgresql-client."
        )
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 found on PATH
    found = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    if found is None or int(found[1]) < server_version:
        version = found[1] if found else "an unknown version"
        raise BackupFailed(
            f"{path} is of PostgreSQL {version} and the server of {server_version}. Put a {name} of "
            f"{server_version} or newer first on the PATH."
        )
    return path


def run_tool(arguments: Sequence[str], database_url: str, tick: Callable[[], None]) -> None:
    """Runs a program on a database until its end, and calls `tick` now and then. Ends it when the wait is broken off.

    Raises BackupFailed with the first line that it has to say.
    """
    address, password = _connection(database_url)
    variables = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    with TemporaryFile() as said:
        # What other users of the machine see of a process has no password.
        process = subprocess.Popen(  # noqa: S603 a program of PostgreSQL
            [*arguments, f"--dbname={address}"], env=variables, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        try:
            while process.poll() is None:
                tick()
                time.sleep(POLL_SECONDS)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        tick()
        said.seek(0)
        lines = said.read(4_096).decode(errors="replace").splitlines()
    if process.returncode:
        raise BackupFailed((lines or [f"{arguments[0]} failed"])[0].rstrip(".") + ".")


def connect_arguments(database_url: str) -> dict[str, Any]:
    """What psycopg2 and libpq take, by name."""
    url = make_url(database_url)
    _, found = url.get_dialect()().create_connect_args(url)
    return dict(found)


def _connection(database_url: str) -> tuple[str, str]:
    arguments = connect_arguments(database_url)
    password = arguments.pop("password", "")
    return make_dsn(**arguments), password
