"""What a database says about its disk, as a reason that callers and operators understand."""

from sqlalchemy.exc import DBAPIError

DISK_FULL = "disk_full"
READ_ONLY = "read_only"
DAMAGED = "damaged"
DISK_ERROR = "disk_error"

SENTENCES = {
    DISK_FULL: "The server's disk is full. Nothing can be stored until there is room again.",
    READ_ONLY: "The database can only be read at the moment. Nothing can be stored.",
    DAMAGED: "The database is damaged. An administrator has to restore it.",
    DISK_ERROR: "The server's disk refuses to read or write. Please try again later.",
}

ADVICE = {
    DISK_FULL: " Make room on its disk.",
    READ_ONLY: " The file or its folder can only be read.",
    DAMAGED: " Nothing was changed: restore it from a backup.",
    DISK_ERROR: "",
}
"""What an operator can do who has started a command."""

_SQLITE = {
    "SQLITE_FULL": DISK_FULL,
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_IOERR": DISK_ERROR,
    "SQLITE_CANTOPEN": DISK_ERROR,
}
"""How the names of result codes begin (https://www.sqlite.org/rescode.html)."""

_POSTGRESQL = {
    "DiskFull": DISK_FULL,
    "ReadOnlySqlTransaction": READ_ONLY,
    "DataCorrupted": DAMAGED,
    "IndexCorrupted": DAMAGED,
    "IoError": DISK_ERROR,
}
"""psycopg2's names of error codes. A server that became a standby is read-only."""


def disk_reason(error: BaseException | None) -> str | None:
    """One of the four reasons; None if the error, and what caused it, say nothing of a disk."""
    while error is not None:
        cause = error.orig if isinstance(error, DBAPIError) else error
        name = getattr(cause, "sqlite_errorname", None) or ""
        for beginning, reason in _SQLITE.items():
            if name.startswith(beginning):
                return reason
        for base in type(cause).__mro__:
            if base.__name__ in _POSTGRESQL:
                return _POSTGRESQL[base.__name__]
        error = error.__cause__
    return None
