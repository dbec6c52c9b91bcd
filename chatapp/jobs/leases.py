"""Takes due jobs, and stores what has become of them, each in a transaction of the journal.

A job that runs has a lease. When that is over, the job is due again: its process was killed, or took too long. The
number of the attempt tells the two runs apart, so that the first one cannot complete what is the second one's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from chatapp.clock import now
from chatapp.jobs.kind import Again, Job, JobFailed, Kind, LeaseLost, sentence_of
from chatapp.jobs.queue import REPEATING, Connection, NewJob, SessionConnection, enqueue_rows
from chatapp.journal import Transaction
from chatapp.models.base import from_microseconds, to_microseconds
from chatapp.models.job import RUNNING

DUE = """SELECT id, key, payload, attempts, created_at, state FROM job
WHERE kind = ? AND state <> 'failed' AND due_at <= ? AND NOT EXISTS (
    SELECT 1 FROM job other WHERE other.kind = job.kind AND other.key = job.key AND other.state = 'running'
    AND other.due_at > ? AND other.id <> job.id
) ORDER BY due_at, id LIMIT ?"""

TAKE = "UPDATE job SET state = 'running', attempts = attempts + 1, due_at = ?, node = ? WHERE id = ?"

RELEASE = "UPDATE job SET due_at = ? WHERE state = 'running' AND due_at > ?"

MINE = "id = ? AND attempts = ? AND state = 'running'"
DELETE = f"DELETE FROM job WHERE {MINE}"  # noqa: S608 constants
DELETE_IF_ANOTHER_WAITS = f"""DELETE FROM job WHERE {MINE} AND EXISTS (
    SELECT 1 FROM job other WHERE other.kind = job.kind AND other.key = job.key AND other.state = 'waiting'
)"""  # noqa: S608 constants
PUT_BACK = f"""UPDATE job SET state = 'waiting', due_at = ?, attempts = ?, payload = COALESCE(?, payload), error = ?,
node = NULL WHERE {MINE}"""  # noqa: S608 constants
BURY = f"""UPDATE job SET state = 'failed', error = ?, failed_at = ?, node = NULL WHERE {MINE}"""  # noqa: S608 constants

LOST = "The process that ran it has ended, or it took longer than it may."


@dataclass(frozen=True, slots=True)
class Claimed:
    """Jobs that this process runs now, and those that have failed for good because no attempt came to its end."""

    taken: list[Job] = field(default_factory=list)
    lost: list[Job] = field(default_factory=list)


def claim(transaction: Transaction, free: Mapping[Kind, int], node: str) -> Claimed:
    """Takes due jobs, as many of each kind as are free, the longest overdue first. Other processes skip them."""
    claimed = Claimed()
    for kind, limit in free.items():
        _claim(SessionConnection(transaction), kind, limit, node, claimed)
    return claimed


def complete(transaction: Transaction, job: Job) -> None:
    """Completes a job in the transaction that does its work, so that it is done once, whatever happens.

    Raises LeaseLost if the job is this process's no more, which undoes the transaction's other writes.
    """
    _require_mine(_finish(SessionConnection(transaction), job))
    job.is_settled = True


def settle(transaction: Transaction, job: Job, again: Again | None) -> None:
    """Stores that a handler has ended: the job is done, which it may be already, or due again. Raises LeaseLost."""
    connection = SessionConnection(transaction)
    if again is None:
        _finish(connection, job)
    else:
        _put_back(connection, job, again.seconds, 0, None, again.payload)


def fail(transaction: Transaction, job: Job, error: Exception) -> bool:
    """Stores that an attempt has failed. Returns whether the job will be tried again. Raises LeaseLost."""
    connection, kind = SessionConnection(transaction), job.kind
    given = error.retry_seconds if isinstance(error, JobFailed) else None
    can_retry = error.can_retry if isinstance(error, JobFailed) else True
    if can_retry and job.attempt < kind.most_attempts:
        seconds = kind.backoff.seconds_after(job.attempt) if given is None else given
        _put_back(connection, job, seconds, job.attempt, sentence_of(error), None)
        return True
    if kind.every is not None:
        _put_back(connection, job, kind.every.total_seconds(), 0, sentence_of(error), {})
        return True
    _bury(connection, job, sentence_of(error))
    return False


def begin(transaction: Transaction, kinds: Sequence[Kind], node: str) -> None:
    """Makes what an earlier run of this process has left due again, and adds the jobs that repeat."""
    connection, at = SessionConnection(transaction), to_microseconds(now())
    if connection.is_sqlite:
        # No other process runs jobs of this file.
        connection.execute(RELEASE, (at, at))
    else:
        connection.execute(RELEASE + " AND node = ?", (at, at, node))
    enqueue_rows(connection, [NewJob(kind.name, key=REPEATING) for kind in kinds if kind.every is not None])


def _claim(connection: Connection, kind: Kind, limit: int, node: str, claimed: Claimed) -> None:
    at = now()
    values = (kind.name, to_microseconds(at), to_microseconds(at), limit)
    # The rows are locked one statement before they are changed: PostgreSQL may run a subquery with LIMIT twice.
    lock = "" if connection.is_sqlite else " FOR UPDATE SKIP LOCKED"
    keys = set()
    for number, key, payload, attempts, created_at, state in connection.execute(DUE + lock, values).fetchall():
        job = Job(number, kind, key, orjson.loads(payload), attempts, from_microseconds(created_at))
        if state == RUNNING and attempts >= kind.most_attempts and kind.every is None:
            _bury(connection, job, LOST)
            claimed.lost.append(job)
        elif key is None or key not in keys:
            keys.add(key)
            claimed.taken.append(_take(connection, job, at, node))


def _take(connection: Connection, job: Job, at: datetime, node: str) -> Job:
    connection.execute(TAKE, (to_microseconds(at + job.kind.lease), node, job.id))
    job.attempt += 1
    return job


def _finish(connection: Connection, job: Job) -> int:
    """Returns whether the job was still this process's, as the number of its rows."""
    if job.kind.every is not None:
        _put_back(connection, job, job.kind.every.total_seconds(), 0, None, {})
        return 1
    found: int = connection.execute(DELETE, (job.id, job.attempt)).rowcount
    return found


def _put_back(
    connection: Connection,
    job: Job,
    seconds: float,
    attempts: int,
    error: str | None,
    payload: Mapping[str, Any] | None,
) -> None:
    """If another job of the same key waits already, that one is enough."""
    if job.key is not None and connection.execute(DELETE_IF_ANOTHER_WAITS, (job.id, job.attempt)).rowcount:
        return
    due_at = to_microseconds(now() + timedelta(seconds=seconds))
    text = None if payload is None else orjson.dumps(payload).decode()
    values = (due_at, attempts, text, error, job.id, job.attempt)
    _require_mine(connection.execute(PUT_BACK, values).rowcount)


def _bury(connection: Connection, job: Job, error: str) -> None:
    _require_mine(connection.execute(BURY, (error, to_microseconds(now()), job.id, job.attempt)).rowcount)


def _require_mine(rows: int) -> None:
    if not rows:
        raise LeaseLost
