"""Jobs that have failed for good: list them, try them again, forget them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from chatapp.clock import now
from chatapp.errors import NotFound
from chatapp.extensions import db
from chatapp.jobs.queue import SessionConnection
from chatapp.journal import Journal, Transaction
from chatapp.models import JobRow
from chatapp.models.base import to_microseconds
from chatapp.models.job import FAILED, RUNNING, WAITING
from chatapp.notices import JobsAdded

KEPT = timedelta(days=30)
"""How long a dead letter is kept. Its payload may name a person."""

# One of a key may wait. Of several that have failed the newest is kept where all of them are tried again.
DELETE_SUPERSEDED = """DELETE FROM job WHERE state = 'failed' AND (id = ? OR ?) AND EXISTS (
    SELECT 1 FROM job other WHERE other.kind = job.kind AND other.key = job.key AND other.id <> job.id
    AND (other.state = 'waiting' OR ? AND other.state = 'failed' AND other.id > job.id)
)"""
RETRY = """UPDATE job SET state = 'waiting', attempts = 0, due_at = ?, failed_at = NULL
WHERE state = 'failed' AND (id = ? OR ?)"""
FORGET = "DELETE FROM job WHERE state = 'failed' AND id = ?"
FORGET_OLD = "DELETE FROM job WHERE state = 'failed' AND failed_at < ?"


@dataclass(frozen=True, slots=True)
class Count:
    """How many jobs of a kind wait, run and have failed, and when the next one is due, if one waits."""

    kind: str
    waiting: int
    running: int
    failed: int
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    id: int
    kind: str
    attempts: int
    failed_at: datetime
    error: str


def counts() -> list[Count]:
    """All kinds of which there are jobs, by name."""
    of_state: dict[str, Any] = {
        state: func.count().filter(JobRow.state == state) for state in (WAITING, RUNNING, FAILED)
    }
    next_due_at = func.min(JobRow.due_at).filter(JobRow.state == WAITING)
    query = select(JobRow.kind, *of_state.values(), next_due_at).group_by(JobRow.kind).order_by(JobRow.kind)
    return [Count(*row) for row in db.session.execute(query)]


def dead_letters(limit: int) -> list[DeadLetter]:
    """The newest ones first."""
    query = select(JobRow).where(JobRow.state == FAILED).order_by(JobRow.failed_at.desc(), JobRow.id.desc())
    rows = db.session.scalars(query.limit(limit))
    return [DeadLetter(row.id, row.kind, row.attempts, row.failed_at or now(), row.error or "") for row in rows]


def retry(journal: Journal, job_id: int | None) -> int:
    """Makes a dead letter due, or with None all of them, with all attempts anew. Returns how many are tried again: if
    another job of the same key waits, that one is enough, and of all with the same key the newest. Raises NotFound if
    there is no such dead letter."""

    def write(transaction: Transaction) -> int:
        connection = SessionConnection(transaction)
        is_all = job_id is None
        which = (job_id or 0, is_all)
        superseded = connection.execute(DELETE_SUPERSEDED, (*which, is_all)).rowcount
        count: int = connection.execute(RETRY, (to_microseconds(now()), *which)).rowcount
        if job_id is not None and not count + superseded:
            raise _not_found(job_id)
        transaction.notices.append(JobsAdded())
        return count

    return journal.write(write)


def forget(journal: Journal, job_id: int) -> None:
    """Deletes a dead letter. Raises NotFound if there is no such one."""

    def write(transaction: Transaction) -> None:
        if not SessionConnection(transaction).execute(FORGET, (job_id,)).rowcount:
            raise _not_found(job_id)

    journal.write(write)


def forget_old(transaction: Transaction) -> None:
    """Deletes dead letters that are older than KEPT."""
    SessionConnection(transaction).execute(FORGET_OLD, (to_microseconds(now() - KEPT),))


def _not_found(job_id: int) -> NotFound:
    return NotFound("There is no such failed job.", id=job_id)
