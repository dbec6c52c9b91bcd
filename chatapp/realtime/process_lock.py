"""One Socket.IO process a SQLite file: a second one would not hear what the first one stores."""

import os
from collections.abc import Callable
from typing import IO

from sqlalchemy.engine import make_url

from chatapp.config import BadSetting, Settings

_held: dict[str, IO[str]] = {}
"""Locks of this process, by file; the system frees them when it ends, however it ends."""


def lock_sockets(settings: Settings) -> Callable[[], None]:
    """Raises BadSetting while another process serves sockets from the same SQLite file. Returns what gives it back."""
    if not settings.is_sqlite or os.name != "posix":
        return lambda: None
    import fcntl

    path = f"{make_url(settings.database_url).database}.sockets"
    if path not in _held:
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
    return lambda: _give_back(path)


def _give_back(path: str) -> None:
    handle = _held.pop(path, None)
    if handle is not None:
        handle.close()
