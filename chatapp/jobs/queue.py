"""Adds jobs to the queue, and takes them back, in an open transaction of the journal.

The statements are plain SQL with `?` placeholders, the same on SQLite and PostgreSQL. Jobs are added in a fixed order,
so that two processes seldom wait for each other; the journal retries a deadlock. The journal itself adds jobs, so this
module imports nothing of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from chatapp.clock import now
from chatapp.models.base import to_microseconds
from chatapp.notices import JobsAdded, Notice

if TYPE_CHECKING:
    from chatapp.journal.transaction import Transaction

# What has failed before waits for its own time: otherwise each new cause would be an attempt.
ADD = """INSERT INTO job (kind, key, payload, due_at, state, created_at) VALUES {rows}
ON CONFLICT (kind, key) WHERE state = 'waiting' DO UPDATE SET payload = excluded.payload, due_at = CASE
WHEN job.attempts = 0 AND excluded.due_at < job.due_at THEN excluded.due_at ELSE job.due_at END"""
ROW = "(?, ?, ?, ?, ?, ?)"

CANCEL = "DELETE FROM job WHERE kind = ? AND key = ? AND state = 'waiting'"
FINISH = "DELETE FROM job WHERE kind = ? AND key = ? AND state = 'running'"

REPEATING = "every"
"""The key of the one job of a kind that repeats."""

ROWS_PER_STATEMENT = 5_000
"""SQLite allows 32,766 parameters."""


class Connection(Protocol):
    """The part of `WriterConnection` that the statements of jobs need."""

    is_sqlite: bool

    def execute(self, sql: str, parameters: tuple[Any, ...] | list[Any] = ()) -> Any:
        """Runs one statement whose placeholders are `?`; returns what has `fetchall` and `rowcount`."""


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to add. `payload` is what JSON can hold. Without `due_at` it runs as soon as it is committed."""

    kind: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None
    key: str | None = None


class SessionConnection:
    """Runs plain SQL in a transaction of the journal, inside the savepoint of its write."""

    def __init__(self, transaction: "Transaction") -> None:
        self._connection = transaction.session.connection()
        self.is_sqlite = self._connection.dialect.name == "sqlite"

    def execute(self, sql: str, parameters: tuple[Any, ...] | list[Any] = ()) -> Any:
        """See `Connection.execute`."""
        return self._connection.exec_driver_sql(sql if self.is_sqlite else sql.replace("?", "%s"), tuple(parameters))


def enqueue(
    transaction: "Transaction",
    kind: str,
    payload: Mapping[str, Any],
    *,
    due_at: datetime | None = None,
    key: str | None = None,
    delay: timedelta | None = None,
) -> None:
    """Adds a job, which runs once the transaction is committed: at once, after `delay`, or at `due_at`.

    While a job of this kind and key waits, none is added: the waiting one gets this payload, and is moved to this time
    if that is earlier. One that has failed before keeps its time. One that runs is another job: it may have read what
    the transaction changes. Two of one key never run at the same time.
    """
    if delay is not None:
        due_at = now() + delay
    transaction.notices += enqueue_rows(SessionConnection(transaction), [NewJob(kind, payload, due_at, key)])


def enqueue_repeating(transaction: "Transaction", kind: str) -> None:
    """Makes the job of a kind that repeats due now."""
    enqueue(transaction, kind, {}, key=REPEATING)


def enqueue_rows(connection: Connection, jobs: Sequence[NewJob]) -> list[Notice]:
    """As `enqueue`, for any number of jobs by one statement, in code that writes by plain SQL. Returns the notices to
    send, which wake those who run jobs: without them the jobs run within a second."""
    at = now()
    merged = _merged(jobs, at)
    for start in range(0, len(merged), ROWS_PER_STATEMENT):
        part = merged[start : start + ROWS_PER_STATEMENT]
        values: list[Any] = []
        for job in part:
            due_at = to_microseconds(job.due_at or at)
            values += (job.kind, job.key, orjson.dumps(job.payload).decode(), due_at, "waiting", to_microseconds(at))
        connection.execute(ADD.format(rows=", ".join([ROW] * len(part))), values)
    return [JobsAdded()] if any(job.due_at is None or job.due_at <= at for job in merged) else []


def cancel(transaction: "Transaction", kind: str, key: str) -> bool:
    """Takes a job back that waits. Returns whether there was one. One that runs goes on."""
    return cancel_rows(SessionConnection(transaction), kind, [key]) > 0


def cancel_rows(connection: Connection, kind: str, keys: Sequence[str]) -> int:
    """As `cancel`, in code that writes by plain SQL. Returns how many there were."""
    return sum(connection.execute(CANCEL, (kind, key)).rowcount for key in sorted(keys))


def finish_rows(connection: Connection, kind: str, keys: Sequence[str]) -> None:
    """Deletes the jobs of these keys, those that run as well: this transaction does what they are for."""
    for key in sorted(keys):
        connection.execute(CANCEL, (kind, key))
        connection.execute(FINISH, (kind, key))


def _merged(jobs: Sequence[NewJob], at: datetime) -> list[NewJob]:
    """In the order of their keys, and each key once: PostgreSQL refuses a statement that adds one twice."""
    found: dict[tuple[str, str], NewJob] = {}
    others = []
    for job in jobs:
        if job.key is None:
            others.append(job)
            continue
        before = found.get((job.kind, job.key))
        earlier = job if before is None else replace(job, due_at=min(before.due_at or at, job.due_at or at))
        found[job.kind, job.key] = earlier
    return [*others, *(found[key] for key in sorted(found))]
