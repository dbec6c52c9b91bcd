"""Allows one Socket.IO process for each SQLite file, because a second one would receive no notices of the first."""

import os
from collections.abc import Callable
from typing import IO

from sqlalchemy.engine import make_url

from chatapp.config import BadSetting, Settings

_held_locks: dict[str, IO[str]] = {}
"""Locked files of this process, by path. The operating system releases a lock when the process ends in any way."""


def lock_sockets(settings: Settings) -> Callable[[], None]:
    """Takes the lock, and returns a function that releases it.

    Raises BadSetting if another process serves sockets from the same SQLite file, or its folder cannot be written.
    """
    if not settings.is_sqlite or os.name != "posix":
        return lambda: None
    import fcntl

    path = f"{make_url(settings.database_url).database}.sockets"
    if path not in _held_locks:
        try:
            handle = open(path, "w")  # noqa: SIM115 held for the life of the process
        except OSError as error:
            raise BadSetting(f"CHATAPP_DATABASE_URL: {path} cannot be written: {error.strerror}.") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            raise BadSetting(
                "CHATAPP_DATABASE_URL: another Socket.IO process already serves this SQLite file. "
                "Stop it first; several Socket.IO processes need PostgreSQL."
            ) from None
        _held_locks[path] = handle
    return lambda: _release(path)


def _release(path: str) -> None:
    handle = _held_locks.pop(path, None)
    if handle is not None:
        handle.close()
