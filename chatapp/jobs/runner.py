"""Runs jobs, in each process that serves sockets."""

import logging
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from chatapp.clock import monotonic, now
from chatapp.config import Settings
from chatapp.errors import ChatError
from chatapp.eventloop.time_limit import time_limit
from chatapp.eventloop.wakeup import Wakeup, make_wakeup
from chatapp.jobs.kind import Again, Job, JobFailed, Kind, LeaseLost, Services, sentence_of
from chatapp.jobs.leases import LOST, begin, claim, fail, settle
from chatapp.jobs.next_due import next_due, next_due_statement
from chatapp.journal import Journal, StoredMessage, Transaction
from chatapp.journal.database_errors import is_outage
from chatapp.logs.events import event
from chatapp.metrics.counters import counters
from chatapp.models.base import to_microseconds
from chatapp.notices import CatchUp, JobsAdded, Notice

log = logging.getLogger(__name__)

Result = TypeVar("Result")

LOOK_SECONDS = 1.0
"""Time between two looks while nothing is heard of new jobs: how late a job can be that another process has added for
later. A look reads one row by an index."""

RETRY_SECONDS = 5.0
"""Pause after the database could not be asked."""

CLOSE_SECONDS = 10.0
"""Longest wait for the jobs that run when the process ends. What runs longer is tried again."""


class Runner:
    """One thread or greenlet that takes due jobs, and one for each job that runs. Processes need not agree: the
    database gives each job to one of them."""

    def __init__(
        self,
        app_context: Callable[[], AbstractContextManager[object]],
        journal: Journal,
        settings: Settings,
        kinds: Sequence[Kind],
    ) -> None:
        self._app_context = app_context
        self._journal = journal
        self._settings = settings
        self._kinds = tuple(kinds)
        self._statement = next_due_statement([kind.name for kind in kinds])
        self._lock = threading.Lock()
        self._running: dict[threading.Thread, Job] = {}
        self._failing: dict[str, str] = {}
        """What was last logged of each kind, until a job of it succeeds."""
        self._wakeup: Wakeup = make_wakeup()
        self._has_begun = False
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Takes no more jobs, and waits for those that run, CLOSE_SECONDS at most."""
        self._is_stopping = True
        self._wakeup.set()
        self._thread.join()
        ends_at = monotonic() + CLOSE_SECONDS
        for thread in list(self._running):
            thread.join(max(0.0, ends_at - monotonic()))

    def committed(self, _messages: list[StoredMessage], notices: list[Notice]) -> None:
        """Hears of a commit of this process, or of another one. Looks at once if jobs were added."""
        if any(isinstance(notice, JobsAdded | CatchUp) for notice in notices):
            self._wakeup.set()

    def _run(self) -> None:
        while not self._is_stopping:
            self._wakeup.clear()
            self._wakeup.wait(self._look())

    def _look(self) -> float:
        """Starts what is due. Returns the seconds until the next look."""
        try:
            if not self._has_begun:
                self._journal.write(lambda transaction: begin(transaction, self._kinds, self._settings.node))
                self._has_begun = True
            return self._start_due()
        except Exception as error:
            log.warning("Jobs are run later: %s", error, exc_info=not is_outage(error))
            return RETRY_SECONDS

    def _start_due(self) -> float:
        with self._app_context():
            found = next_due(self._statement)
        at = to_microseconds(now())
        free = self._free()
        due = {kind: due_at for kind, due_at in zip(self._kinds, found, strict=True) if due_at is not None}
        wanted = {kind: free[kind] for kind, due_at in due.items() if due_at <= at and free[kind]}
        if wanted and self._start_some(wanted):
            return 0.0
        # What is due and was not taken is somebody else's, or waits for a job of the same key or kind, which wakes.
        later = [(due_at - at) / 1_000_000 for due_at in due.values() if due_at > at]
        return min([*later, LOOK_SECONDS])

    def _free(self) -> dict[Kind, int]:
        with self._lock:
            running = [job.kind for job in self._running.values()]
        return {kind: kind.at_once - running.count(kind) for kind in self._kinds}

    def _start_some(self, wanted: dict[Kind, int]) -> int:
        """Takes due jobs and starts them. Returns how many."""
        node = self._settings.node
        claimed = self._journal.write(lambda transaction: claim(transaction, wanted, node), durable=False)
        for job in claimed.lost:
            log.error("A job of the kind %s has failed for good: %s", job.kind.name, LOST)
        for job in claimed.taken:
            thread = threading.Thread(target=self._run_job, args=(job,), name=f"job {job.kind.name}", daemon=True)
            with self._lock:
                self._running[thread] = job
            thread.start()
        return len(claimed.taken)

    def _run_job(self, job: Job) -> None:
        try:
            self._settle(job, again := self._work(job))
            counters.jobs[job.kind.name, "done" if again is None else "again"] += 1
        except LeaseLost:
            counters.jobs[job.kind.name, "lost"] += 1
            log.warning("A job of the kind %s took longer than it may, and was given to another run.", job.kind.name)
        except Exception as error:
            self._fail(job, error)
        finally:
            with self._lock:
                self._running.pop(threading.current_thread(), None)
            self._wakeup.set()

    def _work(self, job: Job) -> Again | None:
        limit = job.kind.time_limit_seconds
        until = monotonic() + limit / 2
        services = Services(self._journal, self._settings, job, lambda: monotonic() < until and not self._is_stopping)
        with self._app_context(), time_limit(limit):
            return job.kind.run(services, job.payload)

    def _settle(self, job: Job, again: Again | None) -> None:
        if not job.is_settled:
            self._store(lambda transaction: settle(transaction, job, again), durable=False)
        if self._failing.pop(job.kind.name, None) is not None:
            log.warning("Jobs of the kind %s succeed again.", job.kind.name)

    def _store(self, write: Callable[[Transaction], Result], *, durable: bool = True) -> Result:
        """Stores how a job has ended. Another process may add one of the same key while this one is put back: then that
        one waits already, and a second attempt finds it."""
        try:
            return self._journal.write(write, durable=durable)
        except IntegrityError:
            return self._journal.write(write, durable=durable)

    def _fail(self, job: Job, error: Exception) -> None:
        """An outage is not logged for each job: the log says already that the database is out of reach."""
        try:
            is_retried = self._store(lambda transaction: fail(transaction, job, error))
        except LeaseLost:
            counters.jobs[job.kind.name, "lost"] += 1
            return
        except Exception as second:
            self._log(job, "is tried again when its lease is over", second)
            return
        counters.jobs[job.kind.name, "retried" if is_retried else "failed"] += 1
        if is_retried:
            self._log(job, "is tried again", error)
        else:
            sentence, place = sentence_of(error), _traceback(error)
            fields = event("job_failed", kind=job.kind.name, job=job.id, attempt=job.attempt)
            log.error("A job of the kind %s has failed for good: %s%s", job.kind.name, sentence, place, extra=fields)

    def _log(self, job: Job, outcome: str, error: Exception) -> None:
        """Logs a failure if it is not the one that was logged last of this kind, which may come hundreds of times."""
        sentence = sentence_of(error)
        if self._failing.get(job.kind.name) == sentence:
            return
        self._failing[job.kind.name] = sentence
        log.warning("A job of the kind %s %s: %s%s", job.kind.name, outcome, sentence, _traceback(error))


def _traceback(error: Exception) -> str:
    """Where an unforeseen error was raised, without its text: an error of the database repeats the values of its
    statement."""
    if isinstance(error, JobFailed | ChatError | TimeoutError) or is_outage(error):
        return ""
    return "\nTraceback (most recent call last):\n" + "".join(traceback.format_tb(error.__traceback__)).rstrip()
