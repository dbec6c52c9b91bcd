"""When the next job of each kind is due."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Select, func, select, type_coerce

from chatapp.models.job import IS_NOT_FAILED
from chatapp.models.tables import JOBS
from chatapp.prepared_statements import release_connection, tuples


def next_due_statement(names: Sequence[str]) -> Select[tuple[int | None, ...]]:
    """One row with a column for each kind: when its next job is due, in microseconds since 1970 UTC, or None. Each is
    one step in the index."""
    return select(
        *(
            select(type_coerce(func.min(JOBS.c.due_at), BigInteger))
            .where(JOBS.c.kind == name, IS_NOT_FAILED)
            .scalar_subquery()
            .label(f"due_{number}")
            for number, name in enumerate(names)
        )
    )


def next_due(statement: Select[tuple[int | None, ...]]) -> Sequence[int | None]:
    """The row of the statement."""
    (row,) = tuples(statement)
    release_connection()
    found: Sequence[int | None] = row
    return found
