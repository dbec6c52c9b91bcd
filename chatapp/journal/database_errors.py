"""What a transaction that failed means: try again, give up, or a fault of ours."""

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chatapp.errors import ChatError, InternalError, Unavailable

RACES = {"UniqueViolation", "DeadlockDetected", "SerializationFailure"}
"""psycopg2's names for another process having been faster."""

OUTAGES = {"OperationalError", "InterfaceError"}
"""The drivers' names for a database that is full, locked for long, shutting down or not reachable."""


class CommitInDoubt(Exception):
    """A commit failed, and nobody knows whether it happened."""


def is_race(error: Exception) -> bool:
    """Whether another process was in the way: the same work, begun again, sees what that one did."""
    return bool(_kinds(error) & RACES)


def is_outage(error: Exception) -> bool:
    """Whether trying again at once is pointless."""
    if isinstance(error, CommitInDoubt | PoolTimeout):
        return True
    kinds = _kinds(error)
    return bool(kinds & OUTAGES) and not kinds & RACES and not _is_wrong_sql(error)


def refusal_of(error: Exception) -> ChatError:
    """What the callers are told."""
    if isinstance(error, ChatError):
        return error
    if isinstance(error, CommitInDoubt):
        return Unavailable("The database did not say whether this was stored. The same clientId makes a retry safe.")
    if is_outage(error):
        return Unavailable("The database cannot be used right now. Please try again.")
    return InternalError()


def _is_wrong_sql(error: Exception) -> bool:
    """Whether SQLite did not understand a statement, or found no such table: its driver has one class for that and for
    outages, and only the code tells them apart (https://www.sqlite.org/rescode.html#error)."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlite_errorname", "") == "SQLITE_ERROR"


def _kinds(error: Exception) -> set[str]:
    """The names of its classes: psycopg2 has one for each of PostgreSQL's codes, under the few general ones."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return {kind.__name__ for kind in type(cause).__mro__}
