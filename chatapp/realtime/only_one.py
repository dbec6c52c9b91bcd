"""One Socket.IO process a SQLite file: a second one would not hear what the first one stores."""

import os
from typing import IO

from sqlalchemy.engine import make_url

from chatapp.config import BadSetting, Settings

_held: dict[str, IO[str]] = {}
"""Locks of this process, by file; the system frees them when it ends, however it ends."""


def claim_sockets(settings: Settings) -> None:
    """Raises BadSetting while another process serves sockets from the same SQLite file."""
    if not settings.is_sqlite or os.name != "posix":
        return
    import fcntl

    path = f"{make_url(settings.database_url).database}.sockets"
    if path in _held:
        return
    handle = open(path, "w")  # noqa: SIM115 held for the life of the process
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise BadSetting(
            "CHATAPP_DATABASE_URL: another Socket.IO process already serves this SQLite file. "
            "Stop it first; several Socket.IO processes need PostgreSQL."
        ) from None
    _held[path] = handle
