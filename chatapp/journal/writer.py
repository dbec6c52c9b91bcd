"""The thread that owns the process's one write connection.

Callers hand in drafts, watermarks and jobs; the writer takes all that has arrived, commits it in one transaction,
tells the listeners, and wakes the callers in the order in which they came. While a commit waits for the disk the next
batch gathers by itself, so there is no added wait when idle and there are large batches under load.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from chatapp.clock import monotonic
from chatapp.database import WriterConnection
from chatapp.journal.batch import Batch
from chatapp.journal.drafts import MessageDraft, Outcome, StoredMessage
from chatapp.journal.faults import is_outage, is_race, refusal_of
from chatapp.journal.work import Committed, Job, Marks, QueuedDraft, Transaction, Work, parts_of
from chatapp.notices import MessagesStored, Notice, WatermarkRaised

log = logging.getLogger(__name__)

Result = TypeVar("Result")

BATCH_LIMIT = 500
"""Drafts in one transaction; bounds the parameters of one statement (SQLite allows 32,766) and a batch's latency."""

BATCH_CHARACTERS = 262_144
"""Content in one transaction, and so in one fan-out: a connection's buffer holds that, and readers get a turn before
the next."""

MARKS_SECONDS = 0.1
"""Watermarks are written at once when the last write of any is this long ago, and otherwise when it will be: a group of
1,000 that confirms each message would cost 1,000 updates a message."""

RAISE = """UPDATE membership
SET delivered_sequence = {max}(delivered_sequence, ?), read_sequence = {max}(read_sequence, ?)
WHERE conversation_id = ? AND user_id = ?"""


class Bus(Protocol):
    """How other processes learn of a commit. See chatapp/bus/."""

    def in_transaction(self, connection: WriterConnection, notices: list[Notice]) -> None: ...

    def after_commit(self, notices: list[Notice]) -> None: ...


Listener = Callable[[list[StoredMessage], list[Notice]], None]
"""Called after each commit, in order, with the new messages and the other notices. Must not block."""


class Journal:
    """The only way to write. Safe to call from any thread or greenlet; the writer starts with the first write."""

    def __init__(self, engine: Engine, bus: Bus) -> None:
        self._engine = engine
        self._bus = bus
        self._listeners: list[Listener] = []
        self._wake = threading.Condition()
        self._jobs: deque[Job[Any]] = deque()
        self._drafts: deque[QueuedDraft] = deque()
        self._source: Callable[[], Marks] = dict
        self._are_marks_waiting = False
        self._flushing: Marks = {}
        self._marks_at = 0.0
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

    def draw_marks_from(self, source: Callable[[], Marks]) -> None:
        """Registers where risen watermarks, keyed by conversation and user, are taken from when it is time to write."""
        self._source = source

    def marks_wait(self) -> None:
        """The source has some. They are written soon, several rises of one as one, and nothing is ever lowered."""
        if not self._are_marks_waiting:
            self._are_marks_waiting = True
            self._rouse()

    def settle(self) -> None:
        """Waits until the watermarks noted so far can be read from the database. Free when there are none."""
        if self._are_marks_waiting or self._flushing:
            self._is_settling = True
            self.write(lambda _transaction: None, durable=False)

    def close(self) -> None:
        """Writes what is queued, then stops the writer."""
        with self._wake:
            self._is_closing = True
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _rouse(self) -> None:
        """Starts or wakes the writer. It says that it sleeps before it looks for work a last time, and the caller
        queues its work before it looks whether the writer sleeps: so one of the two sees the other, and a writer at
        work costs its callers no lock."""
        if not self._is_asleep and self._thread is not None:
            return
        with self._wake:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
                self._thread.start()
            self._wake.notify()

    def _run(self) -> None:
        while (work := self._take()) is not None:
            self._process(work)
            self._flushing = {}
        if self._connection is not None:
            self._connection.close()

    def _take(self) -> Work | None:
        """All that has arrived, up to BATCH_LIMIT drafts; waits while there is nothing. None: closed and drained."""
        with self._wake:
            self._is_asleep = True
            while not (self._jobs or self._drafts or self._are_marks_due()):
                if self._is_closing:
                    return None
                self._wake.wait(self._until_marks_are_due())
            self._is_asleep = False
            jobs = [self._jobs.popleft() for _ in range(len(self._jobs))]
            return Work(jobs, self._take_drafts(), self._take_marks() if self._are_marks_due() else {})

    def _take_drafts(self) -> list[QueuedDraft]:
        drafts: list[QueuedDraft] = []
        size = 0
        while self._drafts and len(drafts) < BATCH_LIMIT and size < BATCH_CHARACTERS:
            drafts.append(self._drafts.popleft())
            size += len(drafts[-1].draft.content)
        return drafts

    def _are_marks_due(self) -> bool:
        if not self._are_marks_waiting:
            return False
        return self._is_settling or self._is_closing or monotonic() - self._marks_at >= MARKS_SECONDS

    def _until_marks_are_due(self) -> float | None:
        return max(0.0, self._marks_at + MARKS_SECONDS - monotonic()) if self._are_marks_waiting else None

    def _take_marks(self) -> Marks:
        self._are_marks_waiting = False
        self._is_settling = False
        self._marks_at = monotonic()
        self._flushing = self._source()
        return self._flushing

    def _process(self, work: Work, *, is_again: bool = False) -> None:
        """Commits the work, or in the last resort each part of it alone, so that one bad part fails by itself. A part
        that another process was in the way of is begun once more."""
        try:
            committed = self._transact(work)
        except Exception as error:
            self._drop_connection()
            if is_outage(error) or (work.is_single and (is_again or not is_race(error))):
                self._fail(work, error)
                return
            log.warning("A batch failed and is retried one by one: %s", error)
            for part in parts_of(work):
                self._process(part, is_again=work.is_single)
            return
        self._tell(work, committed)

    def _transact(self, work: Work) -> Committed:
        connection = self._connect()
        connection.begin(durable=work.is_durable)
        committed = Committed()
        for job in work.jobs:
            committed.results.append(_run_job(connection, job, committed.notices))
        if work.drafts:
            committed.outcomes = Batch(connection).store([one.draft for one in work.drafts])
        self._write_marks(connection, work.marks, committed.notices)
        announced = _announcements(committed.messages) + committed.notices
        if announced:
            self._bus.in_transaction(connection, announced)
        connection.commit()
        if announced:
            self._bus.after_commit(announced)
        return committed

    def _write_marks(self, connection: WriterConnection, marks: Marks, notices: list[Notice]) -> None:
        sql = RAISE.format(max="MAX" if connection.is_sqlite else "GREATEST")
        rows = [(mark.delivered, mark.read, *key) for key, mark in sorted(marks.items())]
        if rows:
            connection.execute_many(sql, rows)
        notices += [WatermarkRaised(*key, mark.delivered, mark.read) for key, mark in marks.items()]

    def _tell(self, work: Work, committed: Committed) -> None:
        """Listeners first, then the callers: a sender sees its message before the ack of it."""
        for listener in self._listeners:
            _guard(listener, committed.messages, committed.notices)
        for one, outcome in zip(work.drafts, committed.outcomes, strict=True):
            _guard(one.done, outcome)
        for job, result in zip(work.jobs, committed.results, strict=True):
            _resolve(job.future, result)

    def _fail(self, work: Work, error: Exception) -> None:
        log.error("A transaction failed", exc_info=error)
        refusal = refusal_of(error)
        for one in work.drafts:
            _guard(one.done, refusal)
        for job in work.jobs:
            job.future.set_exception(refusal)

    def _connect(self) -> WriterConnection:
        if self._connection is None:
            self._connection = WriterConnection(self._engine)
        return self._connection

    def _drop_connection(self) -> None:
        """Closing a connection rolls back what it had open; the next batch gets a new one."""
        if self._connection is not None:
            _guard(self._connection.close)
            self._connection = None


def _run_job(connection: WriterConnection, job: "Job[Any]", notices: list[Notice]) -> Any:
    """The job's result, or the exception that it raised: then its own writes are undone and nobody else's."""
    with Session(connection.connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
        transaction = Transaction(session)
        try:
            result = job.run(transaction)
            session.commit()
        except Exception as error:
            session.rollback()
            return error
    notices += transaction.notices
    return result


def _resolve(future: "Future[Any]", result: Any) -> None:
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)


def _announcements(messages: list[StoredMessage]) -> list[Notice]:
    """One notice a conversation, for all of its new messages."""
    found: dict[int, MessagesStored] = {}
    for one in messages:
        known = found.get(one.conversation_id)
        names = () if one.is_group else (one.sender, one.receiver)
        first = known.first if known else one.sequence
        found[one.conversation_id] = MessagesStored(one.conversation_id, first, one.sequence, names)
    return list(found.values())


def _guard(call: Callable[..., None], *args: Any) -> None:
    """A listener's or caller's fault is logged; it must not stop the writer."""
    try:
        call(*args)
    except Exception:
        log.exception("A callback of the journal failed")
