"""What a database's error means for whoever asked. By the names of PEP 249 and of psycopg2, without importing a driver."""

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from chatapp.errors import ChatError, InternalError, Unavailable


class CommitInDoubt(Exception):
    """A commit failed in such a way that nobody knows whether it happened."""


def is_outage(error: BaseException) -> bool:
    """Whether the database is full, locked for long, or not reachable: nothing is wrong with what was asked of it."""
    if isinstance(error, PoolTimeoutError | CommitInDoubt):
        return True
    return bool(_kinds(error) & {"OperationalError", "InterfaceError"}) and not is_collision(error)


def is_collision(error: BaseException) -> bool:
    """Whether another process was faster: it made the same row, or took the same locks the other way around.

    The same again may well succeed.
    """
    return bool(_kinds(error) & {"UniqueViolation", "TransactionRollbackError"})


def refusal(error: Exception) -> ChatError:
    """What a client is told of an error. No exception text leaves the server."""
    if isinstance(error, ChatError):
        return error
    if isinstance(error, CommitInDoubt):
        return Unavailable("The database did not say whether this was stored. The same clientId makes a retry safe.")
    if is_outage(error):
        return Unavailable("The database cannot be used right now. Please try again.")
    return InternalError()


def _kinds(error: BaseException) -> set[str]:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return {kind.__name__ for kind in type(cause).__mro__}
