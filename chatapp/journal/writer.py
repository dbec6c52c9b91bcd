"""The thread that owns the process's one write connection.

Callers hand in drafts, watermarks and jobs; the writer takes all that has arrived, commits it in one transaction,
tells the listeners, and wakes the callers in the order in which they came. While a commit waits for the disk the next
batch gathers by itself, so there is no added wait when idle and there are large batches under load.
"""

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Engine

from chatapp.clock import monotonic
from chatapp.database import WriterConnection
from chatapp.errors import ChatError
from chatapp.eventloop.wakeup import Wakeup, make_wakeup
from chatapp.journal.batching import joined, parts_of, take_drafts
from chatapp.journal.database_errors import CommitInDoubt, is_outage, is_race, refusal_of
from chatapp.journal.drafts import MessageDraft, Outcome
from chatapp.journal.jobs import announcements, resolve, run_job, write_watermarks
from chatapp.journal.message_batch import MessageBatch
from chatapp.journal.transaction import Bus, Committed, Job, Listener, QueuedDraft, Transaction, WatermarkUpdates, Work
from chatapp.notices import CatchUp

log = logging.getLogger(__name__)

Result = TypeVar("Result")

WATERMARKS_SECONDS = 0.25
"""Watermarks are written at once when the last write of any is this long ago, and otherwise when it will be: a group of
1,000 that confirms each message would cost 1,000 updates a message."""

SHARED_WATERMARKS_SECONDS = 0.03
"""The same on PostgreSQL, where an ack on another process may wait for them."""

WATERMARKS_AFTER_OUTAGE_SECONDS = 1.0
"""How long watermarks wait that could not be written."""

SETTLE_SECONDS = 0.25
"""Longest that a reader waits for watermarks on their way to the database; then it sees older ones."""

ATTEMPTS = 3
"""How often work is begun that another process is in the way of, or whose connection breaks."""


class Journal:
    """The only way to write. Safe to call from any thread or greenlet; the writer starts with the first write."""

    def __init__(self, engine: Engine, bus: Bus) -> None:
        self._engine = engine
        self._bus = bus
        self._listeners: list[Listener] = []
        self._starting = threading.Lock()
        self._wakeup: Wakeup  # made with the thread, on whose hub it is
        self._jobs: deque[Job[Any]] = deque()
        self._drafts: deque[QueuedDraft] = deque()
        self._source: Callable[[], WatermarkUpdates] = dict
        self._are_watermarks_waiting = False
        self._are_watermarks_on_their_way = False
        self._kept_watermarks: WatermarkUpdates = {}
        self._watermarks_at = 0.0
        self._watermarks_seconds = WATERMARKS_SECONDS if engine.dialect.name == "sqlite" else SHARED_WATERMARKS_SECONDS
        self._may_be_untold = False
        self._is_asleep = False
        self._is_settling = False
        self._thread: threading.Thread | None = None
        self._connection: WriterConnection | None = None
        self._is_closing = False

    def listen(self, listener: Listener) -> None:
        """Registers what is called after each commit of this process."""
        self._listeners.append(listener)

    def send(self, draft: MessageDraft, done: Callable[[Outcome], None]) -> None:
        """Queues a message; `done` is called once with its outcome, after its commit or refusal. Does not wait."""
        self._drafts.append(QueuedDraft(draft, done))
        self._rouse()

    def write(self, job: Callable[[Transaction], Result], *, durable: bool = True) -> Result:
        """Runs a job in the next transaction and waits for the commit. What it raises is raised here, and undone.

        The job gets ORM rows that end with the transaction: it returns plain values.
        """
        return self.submit(job, durable=durable).result()

    def submit(self, job: Callable[[Transaction], Result], *, durable: bool = True) -> "Future[Result]":
        """As `write`, without waiting."""
        future: Future[Result] = Future()
        self._jobs.append(Job(job, future, durable))
        self._rouse()
        return future

    def take_watermarks_from(self, source: Callable[[], WatermarkUpdates]) -> None:
        """Registers where risen watermarks, keyed by conversation and user, are taken from when it is time to write."""
        self._source = source

    def watermarks_waiting(self) -> None:
        """The source has some. They are written soon, several rises of one as one, and nothing is ever lowered."""
        if not self._are_watermarks_waiting:
            self._are_watermarks_waiting = True
            self._rouse()

    def settle(self) -> None:
        """Waits until the watermarks noted so far are in the database. Free when there are none. Raises Unavailable."""
        if self._are_watermarks_waiting or self._are_watermarks_on_their_way:
            self._flush().result()

    def settle_for_reading(self) -> None:
        """As `settle`, but whoever only reads neither waits for long nor fails when nothing can be written."""
        if self._are_watermarks_waiting or self._are_watermarks_on_their_way:
            with contextlib.suppress(ChatError, TimeoutError):
                self._flush().result(SETTLE_SECONDS)

    def _flush(self) -> "Future[None]":
        self._is_settling = True
        return self.submit(lambda _transaction: None, durable=False)

    def close(self) -> None:
        """Writes what is queued, then stops the writer."""
        self._is_closing = True
        if self._thread is not None:
            self._wakeup.set()
            self._thread.join()

    def _rouse(self) -> None:
        """Starts or wakes the writer. It says that it sleeps before it looks for work a last time, and the caller
        queues its work before it looks whether the writer sleeps: so one of the two sees the other, and a writer at
        work costs its callers nothing."""
        if self._thread is None:
            self._start()
        elif self._is_asleep:
            self._wakeup.set()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._wakeup = make_wakeup()
                self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while (work := self._take()) is not None:
            self._process(work)
            self._are_watermarks_on_their_way = False
        if self._connection is not None:
            self._connection.close()

    def _take(self) -> Work | None:
        """All that has arrived, up to BATCH_LIMIT drafts; waits while there is nothing. None: closed and drained."""
        if self._has_work():
            # What was told goes out first, and what has arrived joins: a commit costs much, one more in it little.
            self._wakeup.give_way()
        while not self._has_work():
            if self._is_closing:
                return None
            self._sleep()
        jobs = [self._jobs.popleft() for _ in range(len(self._jobs))]
        return Work(jobs, take_drafts(self._drafts), self._take_watermarks() if self._are_watermarks_due() else {})

    def _has_work(self) -> bool:
        return bool(self._jobs or self._drafts) or self._are_watermarks_due()

    def _sleep(self) -> None:
        """Until somebody has work, or watermarks are due."""
        self._is_asleep = True
        self._wakeup.clear()
        if not (self._has_work() or self._is_closing):
            self._wakeup.wait(self._until_watermarks_are_due())
        self._is_asleep = False

    def _are_watermarks_due(self) -> bool:
        if not self._are_watermarks_waiting:
            return False
        return self._is_settling or self._is_closing or monotonic() - self._watermarks_at >= self._watermarks_seconds

    def _until_watermarks_are_due(self) -> float | None:
        return (
            max(0.0, self._watermarks_at + self._watermarks_seconds - monotonic())
            if self._are_watermarks_waiting
            else None
        )

    def _take_watermarks(self) -> WatermarkUpdates:
        # In this order: whoever settles meanwhile sees them in one place or in the other.
        self._are_watermarks_on_their_way = True
        self._are_watermarks_waiting = False
        self._is_settling = False
        self._watermarks_at = monotonic()
        kept, self._kept_watermarks = self._kept_watermarks, {}
        return joined(kept, self._source())

    def _process(self, work: Work, attempt: int = 1) -> None:
        """Commits the work, or in the last resort each part of it alone, so that one bad part fails by itself. What
        another process was in the way of, or a broken connection, is begun again."""
        try:
            committed = self._transact(work)
        except Exception as error:
            is_passing = is_race(error) or self._was_cut(error)
            self._drop_connection()
            if is_passing and attempt < ATTEMPTS:
                self._process(work, attempt + 1)
            elif work.is_single or is_outage(error):
                self._fail(work, error)
            else:
                log.warning("A batch failed and is retried one by one: %s", error)
                for part in parts_of(work):
                    self._process(part)
            return
        self._tell(work, committed)

    def _transact(self, work: Work) -> Committed:
        connection = self._connect()
        connection.begin(durable=work.is_durable)
        committed = Committed()
        for job in work.jobs:
            committed.results.append(run_job(connection, job, committed.notices))
        if work.drafts:
            batch = MessageBatch(connection)
            committed.outcomes = batch.store([one.draft for one in work.drafts])
            committed.notices += batch.notices
        committed.notices += write_watermarks(connection, work.watermarks)
        if self._may_be_untold:
            committed.notices.append(CatchUp())
        announced = announcements(committed.messages) + committed.notices
        if announced:
            self._bus.in_transaction(connection, announced)
        self._commit(connection)
        if announced:
            self._bus.after_commit(announced)
        return committed

    def _commit(self, connection: WriterConnection) -> None:
        """A commit that fails may have happened. So nothing of it may be tried again here, where some of it carries no
        client id; and if it did happen, nobody was told of it."""
        try:
            connection.commit()
        except Exception as error:
            self._may_be_untold = True
            raise CommitInDoubt(str(error)) from error
        self._may_be_untold = False

    def _tell(self, work: Work, committed: Committed) -> None:
        """Listeners first, then the callers: a sender sees its message before the ack of it."""
        for listener in self._listeners:
            _guard(listener, committed.messages, committed.notices)
        for one, outcome in zip(work.drafts, committed.outcomes, strict=True):
            _guard(one.done, outcome)
        for job, result in zip(work.jobs, committed.results, strict=True):
            resolve(job.future, result)

    def _fail(self, work: Work, error: Exception) -> None:
        log.error("A transaction failed: %s", error, exc_info=not is_outage(error))
        if is_outage(error) and not self._is_closing:
            self._keep_watermarks(work.watermarks)
        refusal = refusal_of(error)
        for one in work.drafts:
            _guard(one.done, refusal)
        for job in work.jobs:
            job.future.set_exception(refusal)

    def _keep_watermarks(self, watermarks: WatermarkUpdates) -> None:
        """What is known to senders already, and not to the database: tried again after a while."""
        if not watermarks:
            return
        self._kept_watermarks = joined(self._kept_watermarks, watermarks)
        self._are_watermarks_waiting = True
        self._watermarks_at = monotonic() + WATERMARKS_AFTER_OUTAGE_SECONDS

    def _connect(self) -> WriterConnection:
        if self._connection is None:
            self._connection = WriterConnection(self._engine)
        return self._connection

    def _was_cut(self, error: Exception) -> bool:
        """Whether the connection broke before the commit: a new one may do."""
        return self._connection is not None and self._connection.is_cut and not isinstance(error, CommitInDoubt)

    def _drop_connection(self) -> None:
        """Closing a connection rolls back what it had open; the next batch gets a new one."""
        if self._connection is not None:
            _guard(self._connection.close)
            self._connection = None


def _guard(call: Callable[..., None], *args: Any) -> None:
    """A listener's or caller's fault is logged; it must not stop the writer."""
    try:
        call(*args)
    except Exception:
        log.exception("A callback of the journal failed")
