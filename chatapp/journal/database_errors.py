"""Classifies a failed transaction: a race to retry, an outage to report, or an error in our code."""

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chatapp.errors import ChatError, InternalError, Unavailable
from chatapp.journal.disk_errors import DAMAGED, DISK_FULL, SENTENCES, disk_reason

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
    if isinstance(error, CommitInDoubt | PoolTimeout) or disk_reason(error) is not None:
        return True
    names = _class_names(error)
    return bool(names & OUTAGES) and not names & RACES and not _is_wrong_sql(error)


def is_damage(error: Exception) -> bool:
    """Whether the database is damaged where this statement has read, or the journal says so."""
    said = error.details.get("reason") if isinstance(error, ChatError) else None
    return DAMAGED in (said, disk_reason(error))


def concerns_all(error: Exception) -> bool:
    """Whether the database is unusable for every statement, and not damaged where one has read."""
    return is_outage(error) and disk_reason(error) != DAMAGED


def may_retry(error: Exception) -> bool:
    """Whether a retry on a new connection is safe, which it is not after a COMMIT, and would not wait in vain again for
    a database that did not answer in time."""
    return not isinstance(error, CommitInDoubt) and "NoAnswer" not in _class_names(error)


def to_chat_error(error: Exception) -> ChatError:
    """The error that callers receive. It contains nothing of the exception's text."""
    if isinstance(error, ChatError):
        return error
    reason = disk_reason(error)
    # A commit that found no room is undone. After other errors of the disk it may come back with the next start.
    if isinstance(error, CommitInDoubt) and reason != DISK_FULL:
        sentence = "It is not known whether this was stored. A retry with the same clientId is safe."
        return Unavailable(sentence, **({"reason": reason} if reason else {}))
    if reason is not None:
        return Unavailable(SENTENCES[reason], reason=reason)
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
