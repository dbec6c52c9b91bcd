"""The files of a SQLite database, looked at before SQLite opens them."""

import os
from dataclasses import dataclass

from chatapp.config import BadSetting

LOG_HEADER_BYTES = 32
FRAME_HEADER_BYTES = 24
"""Of the write-ahead log, and of each page in it (https://www.sqlite.org/fileformat2.html#walformat)."""

PAGE_SIZE_OFFSET = 8
"""Where the log's header says how many bytes a page has, in four bytes, the highest first."""


@dataclass(frozen=True, slots=True)
class FoundLog:
    """What an earlier process has left of its log: it was killed, or lost its power. SQLite recovers it by itself, up
    to the last transaction that is complete."""

    size: int
    frames: int


def require_usable_files(path: str | None) -> None:
    """Raises BadSetting for files that can only be read, and for a log with transactions of a database that is gone or
    empty: SQLite deletes such a log, and with it what could still be rescued."""
    if not path:
        return
    for one in (path, os.path.dirname(os.path.abspath(path))):
        if os.path.exists(one) and not os.access(one, os.W_OK):
            raise BadSetting(f"CHATAPP_DATABASE_URL: {one} can only be read, and chatapp has to write there.")
    if not _size(path) and _size(f"{path}-wal"):
        raise BadSetting(
            f"CHATAPP_DATABASE_URL: {path} is missing or empty, but its log {path}-wal is not. "
            "Restore the database from a backup, and keep the log until then."
        )


def found_log(path: str | None) -> FoundLog | None:
    """The log of a database that no process has open; None if it is empty or was never written."""
    if not path or not (size := _size(f"{path}-wal")):
        return None
    with open(f"{path}-wal", "rb") as file:
        header = file.read(LOG_HEADER_BYTES)
    page = int.from_bytes(header[PAGE_SIZE_OFFSET : PAGE_SIZE_OFFSET + 4]) + FRAME_HEADER_BYTES
    return FoundLog(size, max(0, size - LOG_HEADER_BYTES) // page)


def _size(path: str) -> int:
    """0 for a file that is not there."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
