"""Classifies a failed transaction: a race to retry, an outage to report, or an error in our code."""

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chatapp.errors import ChatError, InternalError, Unavailable

RACES = {"UniqueViolation", "DeadlockDetected", "SerializationFailure"}
"""psycopg2's names for conflicts with a concurrent transaction."""

OUTAGES = {"OperationalError", "InterfaceError"}
"""The drivers' names for a database that is full, locked for too long, shutting down or unreachable."""

ATTEMPTS = 3
"""Attempts at a transaction that races with another process, or whose connection breaks."""


class CommitInDoubt(Exception):
    """COMMIT failed, and it is unknown whether the database committed."""


def is_race(error: Exception) -> bool:
    """Whether a concurrent transaction of another process caused the error. A retry sees that transaction's writes."""
    return bool(_class_names(error) & RACES)


def is_deadlock(error: Exception) -> bool:
    """Whether the database ended the transaction for the sake of another one. A retry may succeed."""
    return bool(_class_names(error) & (RACES - {"UniqueViolation"}))


def is_outage(error: Exception) -> bool:
    """Whether the database is unusable, so that an immediate retry is pointless."""
    if isinstance(error, CommitInDoubt | PoolTimeout):
        return True
    names = _class_names(error)
    return bool(names & OUTAGES) and not names & RACES and not _is_wrong_sql(error)


def is_unanswered(error: Exception) -> bool:
    """Whether the database did not answer in time. A retry would wait as long again."""
    return "NoAnswer" in _class_names(error)


def to_chat_error(error: Exception) -> ChatError:
    """The error that callers receive. It contains nothing of the exception's text."""
    if isinstance(error, ChatError):
        return error
    if isinstance(error, CommitInDoubt):
        return Unavailable("It is not known whether this was stored. A retry with the same clientId is safe.")
    if is_outage(error):
        return Unavailable("The database cannot be used right now. Please try again.")
    return InternalError()


def _is_wrong_sql(error: Exception) -> bool:
    """Whether SQLite rejected a statement: wrong syntax, or an unknown table.

    Python's driver raises the same class for these and for outages. Only the result code tells them apart
    (https://www.sqlite.org/rescode.html#error).
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlite_errorname", "") == "SQLITE_ERROR"


def _class_names(error: Exception) -> set[str]:
    """The names of the error's classes and base classes. psycopg2 has a class for each error code of PostgreSQL."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return {base.__name__ for base in type(cause).__mro__}
