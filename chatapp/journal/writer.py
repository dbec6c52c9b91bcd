"""The writer: one thread that owns the only write connection of the process.

Callers queue drafts, watermarks and other writes. The writer takes everything queued, commits it in one transaction,
notifies the listeners, and resumes the callers in their order. While a commit waits for the disk, the next batch queues
up. So an idle writer adds no delay, and a busy one commits large batches.
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
from chatapp.errors import ChatError, Unavailable
from chatapp.eventloop.wakeup import Wakeup, make_wakeup
from chatapp.journal.batching import merge_watermarks, split
from chatapp.journal.database_errors import ATTEMPTS, CommitInDoubt, concerns_all, is_race, may_retry, to_chat_error
from chatapp.journal.draft_batch import store_drafts
from chatapp.journal.draft_queue import SIZE, DraftQueue
from chatapp.journal.drafts import FeedbackDraft, FeedbackOutcome, MessageDraft, Outcome, WatermarkUpdates
from chatapp.journal.outage_log import OutageLog
from chatapp.journal.push_jobs import PushJobs
from chatapp.journal.transaction import Committed, Listener, Publisher, QueuedDraft, Transaction, Work, Write
from chatapp.journal.watermark_intervals import AFTER_OUTAGE_SECONDS, FLUSH_SECONDS, watermarks_seconds
from chatapp.journal.writes import answer, guard, message_notices, resolve, run_write, write_watermarks
from chatapp.notices import CatchUp

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class Journal:
    """The only way to write. Safe to call from any thread or greenlet. The first write starts the writer.
    `has_previews` says whether the links of new texts are looked up, `size` how many bytes may wait."""

    def __init__(self, engine: Engine, publisher: Publisher, *, has_previews: bool = False, size: int = SIZE) -> None:
        self.has_previews = has_previews
        self._engine = engine
        self._publisher = publisher
        self._listeners: list[Listener] = []
        self._starting = threading.Lock()
        self._wakeup: Wakeup  # created with the thread, for its event loop
        self._writes: deque[Write[Any]] = deque()
        self._drafts = DraftQueue(size)
        self._source: Callable[[], WatermarkUpdates] = dict
        self._watermarks_written: Callable[[], None] = lambda: None
        self._are_watermarks_waiting = False
        self._are_watermarks_in_flight = False
        self._kept_watermarks: WatermarkUpdates = {}
        self._watermarks_at = 0.0
        self._watermarks_seconds = watermarks_seconds(engine.dialect.name)
        self._is_commit_unannounced = False
        self._is_asleep = False
        self._is_flushing = False
        self._thread: threading.Thread | None = None
        self._connection: WriterConnection | None = None
        self._is_closing = False
        self._is_closed = False
        self._push_jobs = PushJobs()
        self._outages = OutageLog()

    @property
    def waiting(self) -> tuple[int, int]:
        """How many drafts and how many other writes wait for the next transaction."""
        return len(self._drafts), len(self._writes)

    def listen(self, listener: Listener) -> None:
        """Registers a listener to be called after each commit of this process."""
        self._listeners.append(listener)

    def send(self, draft: MessageDraft, done: Callable[[Outcome], None]) -> None:
        """Queues a message. `done` is called once, after the commit or the failure, or at once if too much waits."""
        if self._drafts.add(QueuedDraft(draft, done)):
            self._wake()

    def give_feedback(self, draft: FeedbackDraft, done: Callable[[FeedbackOutcome], None]) -> None:
        """As `send`, for a reaction or a vote."""
        if self._drafts.add(QueuedDraft(draft, done)):
            self._wake()

    def write(self, write: Callable[[Transaction], Result], *, durable: bool = True) -> Result:
        """Performs a write in the next transaction, waits for the commit, and returns the write's result.

        If it raises, what it did is undone and the exception is raised here. ORM rows are not valid after the
        transaction, so a write returns plain values.
        """
        return self.submit(write, durable=durable).result()

    def submit(self, write: Callable[[Transaction], Result], *, durable: bool = True) -> "Future[Result]":
        """As `write`, without waiting."""
        future: Future[Result] = Future()
        self._writes.append(Write(write, future, durable))
        self._wake()
        return future

    def set_watermark_source(
        self, source: Callable[[], WatermarkUpdates], written: Callable[[], None] = lambda: None
    ) -> None:
        """Registers the function that hands over raised watermarks when the writer is about to write them, and one that
        is called when all that was handed over is written."""
        self._source = source
        self._watermarks_written = written

    def schedule_watermarks(self) -> None:
        """Schedules a write of the source's watermarks. Each is written at its highest value, and never lowered."""
        if not self._are_watermarks_waiting:
            self._are_watermarks_waiting = True
            self._wake()

    def flush_watermarks(self) -> None:
        """Waits until the watermarks raised so far are written. Raises Unavailable."""
        if self._are_watermarks_waiting or self._are_watermarks_in_flight:
            self._flush().result()

    def flush_watermarks_for_read(self) -> None:
        """As `flush_watermarks`, but waits FLUSH_SECONDS at most and never fails: older watermarks do for a read."""
        if self._are_watermarks_waiting or self._are_watermarks_in_flight:
            with contextlib.suppress(ChatError, TimeoutError):
                self._flush().result(FLUSH_SECONDS)

    def _flush(self) -> "Future[None]":
        self._is_flushing = True
        return self.submit(lambda _transaction: None, durable=False)

    def close(self) -> None:
        """Writes everything queued, then stops the writer."""
        self._is_closing = True
        if self._thread is not None:
            self._wakeup.set()
            self._thread.join()

    def _wake(self) -> None:
        """Starts the writer, or wakes it if it sleeps. Does nothing while it works. No wake-up is lost: the writer sets
        `_is_asleep` before its last check for work, and callers queue their work before they check the flag."""
        if self._is_closed:
            self._refuse_queued()
        elif self._thread is None:
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
            self._are_watermarks_in_flight = False
        self._drop_connection()
        self._is_closed = True
        self._refuse_queued()

    def _refuse_queued(self) -> None:
        """Refuses what was queued after the last transaction, so that nobody waits for it for ever."""
        with self._starting:
            writes, drafts = list(self._writes), self._drafts.take_all()
            self._writes.clear()
        answer(Work(writes, drafts), Unavailable("The server is stopping. Please try again."))

    def _take(self) -> Work | None:
        """Returns queued work for one transaction. Waits while there is none. None if closed and drained."""
        if self._has_work():
            # The events of the last commit are sent first, and more work joins the batch, which saves commits.
            self._wakeup.let_others_run()
        while not self._has_work():
            if self._is_closing:
                return None
            self._sleep()
        writes = [self._writes.popleft() for _ in range(len(self._writes))]
        return Work(writes, self._drafts.take(), self._take_watermarks() if self._are_watermarks_due() else {})

    def _has_work(self) -> bool:
        return bool(self._writes or self._drafts) or self._are_watermarks_due()

    def _sleep(self) -> None:
        """Sleeps until there is work, or until watermarks are due."""
        self._is_asleep = True
        self._wakeup.clear()
        if not (self._has_work() or self._is_closing):
            self._wakeup.wait(self._until_watermarks_are_due())
        self._is_asleep = False

    def _are_watermarks_due(self) -> bool:
        if not self._are_watermarks_waiting:
            return False
        return self._is_flushing or self._is_closing or monotonic() - self._watermarks_at >= self._watermarks_seconds

    def _until_watermarks_are_due(self) -> float | None:
        if not self._are_watermarks_waiting:
            return None
        return max(0.0, self._watermarks_at + self._watermarks_seconds - monotonic())

    def _take_watermarks(self) -> WatermarkUpdates:
        # In this order, so that a concurrent flush finds at least one of the first two flags set.
        self._are_watermarks_in_flight = True
        self._are_watermarks_waiting = False
        self._is_flushing = False
        self._watermarks_at = monotonic()
        kept, self._kept_watermarks = self._kept_watermarks, {}
        return merge_watermarks(kept, self._source())

    def _process(self, work: Work, attempt: int = 1) -> None:
        """Commits the work. Retries after a race or a broken connection. Otherwise commits each part of it alone, so
        that only the bad part fails."""
        try:
            committed = self._transact(work)
        except Exception as error:
            is_transient = is_race(error) or self._is_connection_broken(error)
            self._drop_connection()
            if is_transient and attempt < ATTEMPTS:
                self._process(work, attempt + 1)
            elif work.is_single or concerns_all(error):
                self._fail(work, error)
            else:
                log.warning("A batch failed; its parts are retried one by one: %s", error)
                for part in split(work):
                    self._process(part)
            return
        self._outages.worked()
        self._hand_out(work, committed)

    def _transact(self, work: Work) -> Committed:
        connection = self._connect()
        connection.begin(durable=work.is_durable)
        committed = Committed()
        for write in work.writes:
            committed.results.append(run_write(connection, write, committed.notices))
        if work.drafts:
            committed.outcomes = store_drafts(connection, work.drafts, committed.notices, self.has_previews)
        committed.notices += write_watermarks(connection, work.watermarks)
        committed.notices += self._push_jobs.add(connection, committed.messages, work.watermarks)
        if self._is_commit_unannounced:
            committed.notices.append(CatchUp())
        notices = message_notices(committed.messages) + committed.notices
        if notices:
            self._publisher.in_transaction(connection, notices)
        self._commit(connection)
        if notices:
            self._publisher.after_commit(notices)
        return committed

    def _commit(self, connection: WriterConnection) -> None:
        """Commits. A failed COMMIT may have succeeded in the database. It is not retried, because a message without a
        client id could be stored twice. If it succeeded, nobody was notified: the next transaction sends a catch-up."""
        try:
            connection.commit()
        except Exception as error:
            self._is_commit_unannounced = True
            raise CommitInDoubt(str(error)) from error
        self._is_commit_unannounced = False

    def _hand_out(self, work: Work, committed: Committed) -> None:
        """Calls the listeners first, then the callers, so that a sender receives the message before its ack."""
        if work.watermarks:
            guard(self._watermarks_written)
        for listener in self._listeners:
            guard(listener, committed.messages, committed.notices)
        for queued, outcome in zip(work.drafts, committed.outcomes, strict=True):
            guard(queued.done, outcome)
        for write, result in zip(work.writes, committed.results, strict=True):
            resolve(write.future, result)

    def _fail(self, work: Work, error: Exception) -> None:
        if self._outages.failed(error, len(work.writes) + len(work.drafts)) and not self._is_closing:
            self._keep_watermarks(work.watermarks)
        answer(work, to_chat_error(error))

    def _keep_watermarks(self, watermarks: WatermarkUpdates) -> None:
        """Keeps watermarks that could not be written, for a later attempt: senders already saw their ticks."""
        if not watermarks:
            return
        self._kept_watermarks = merge_watermarks(self._kept_watermarks, watermarks)
        self._are_watermarks_waiting = True
        self._watermarks_at = monotonic() + AFTER_OUTAGE_SECONDS

    def _connect(self) -> WriterConnection:
        if self._connection is None:
            self._connection = WriterConnection(self._engine)
        return self._connection

    def _is_connection_broken(self, error: Exception) -> bool:
        """Whether the connection broke before the commit, so that a retry on a new one is safe and may be answered."""
        return self._connection is not None and self._connection.is_broken and may_retry(error)

    def _drop_connection(self) -> None:
        """Closes the connection, which rolls back an open transaction. The next batch opens a new one."""
        if self._connection is not None:
            guard(self._connection.close)
            self._connection = None
