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
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chatapp.clock import monotonic
from chatapp.database import WriterConnection
from chatapp.errors import ChatError, InternalError, Unavailable
from chatapp.journal.batch import Batch
from chatapp.journal.drafts import MessageDraft, Outcome, StoredMessage, Watermark
from chatapp.notices import MessagesStored, Notice, WatermarkRaised

log = logging.getLogger(__name__)

Result = TypeVar("Result")

BATCH_LIMIT = 500
"""Drafts in one transaction; bounds the parameters of one statement (SQLite allows 32,766) and a batch's latency."""

MARKS_SECONDS = 0.1
"""Watermarks are written at once when the last write of any is this long ago, and otherwise when it will be: a group of
1,000 that confirms each message would cost 1,000 updates a message."""

GREATEST = "UPDATE membership SET delivered_sequence = {max}(delivered_sequence, ?), read_sequence = {max}(read_sequence, ?) WHERE conversation_id = ? AND user_id = ?"


class Bus(Protocol):
    """How other processes learn of a commit. See chatapp/bus/."""

    def in_transaction(self, connection: WriterConnection, notices: list[Notice]) -> None: ...

    def after_commit(self, notices: list[Notice]) -> None: ...


@dataclass(slots=True)
class Transaction:
    """What a job works with: an ORM session inside the batch's transaction, and the notices to send after it."""

    session: Session
    notices: list[Notice] = field(default_factory=list)


Listener = Callable[[list[StoredMessage], list[Notice]], None]
"""Called after each commit, in order, with the new messages and the other notices. Must not block."""


@dataclass(slots=True)
class _Job(Generic[Result]):
    run: Callable[[Transaction], Result]
    future: "Future[Result]"
    is_durable: bool


@dataclass(slots=True)
class _Draft:
    draft: MessageDraft
    done: Callable[[Outcome], None]


@dataclass(slots=True)
class _Work:
    """What one transaction carries."""

    jobs: list["_Job[Any]"] = field(default_factory=list)
    drafts: list[_Draft] = field(default_factory=list)
    marks: dict[tuple[int, int], Watermark] = field(default_factory=dict)

    @property
    def is_durable(self) -> bool:
        return bool(self.drafts) or any(job.is_durable for job in self.jobs)

    @property
    def is_single(self) -> bool:
        return len(self.jobs) + len(self.drafts) + bool(self.marks) <= 1


@dataclass(slots=True)
class _Committed:
    """What a transaction did, to be told once it is committed."""

    results: list[Any] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def messages(self) -> list[StoredMessage]:
        return [one for one in self.outcomes if isinstance(one, StoredMessage) and not one.is_repeat]


class Journal:
    """The only way to write. Safe to call from any thread or greenlet; the writer starts with the first write."""

    def __init__(self, engine: Engine, bus: Bus) -> None:
        self._engine = engine
        self._bus = bus
        self._listeners: list[Listener] = []
        self._wake = threading.Condition()
        self._jobs: deque[_Job[Any]] = deque()
        self._drafts: deque[_Draft] = deque()
        self._marks: dict[tuple[int, int], Watermark] = {}
        self._flushing: dict[tuple[int, int], Watermark] = {}
        self._marks_at = 0.0
        self._is_settling = False
        self._thread: threading.Thread | None = None
        self._connection: WriterConnection | None = None
        self._is_closing = False

    def listen(self, listener: Listener) -> None:
        """Registers what is called after each commit of this process."""
        self._listeners.append(listener)

    def send(self, draft: MessageDraft, done: Callable[[Outcome], None]) -> None:
        """Queues a message; `done` is called once with its outcome, after its commit or refusal. Does not wait."""
        with self._wake:
            self._drafts.append(_Draft(draft, done))
            self._start()

    def write(self, job: Callable[[Transaction], Result], *, durable: bool = True) -> Result:
        """Runs a job in the next transaction and waits for the commit. What it raises is raised here, and undone.

        The job gets ORM rows that end with the transaction: it returns plain values.
        """
        return self.submit(job, durable=durable).result()

    def submit(self, job: Callable[[Transaction], Result], *, durable: bool = True) -> "Future[Result]":
        """As `write`, without waiting."""
        future: Future[Result] = Future()
        with self._wake:
            self._jobs.append(_Job(job, future, durable))
            self._start()
        return future

    def raise_watermark(self, conversation_id: int, user_id: int, delivered: int = 0, read: int = 0) -> None:
        """Notes a member's progress for the next transaction; several notes become one. Never lowers anything."""
        with self._wake:
            _join(self._marks, (conversation_id, user_id), Watermark(delivered, read))
            self._start()

    def settle(self) -> None:
        """Waits until the watermarks noted so far can be read from the database. Free when there are none."""
        if self._marks or self._flushing:
            self._is_settling = True
            self.write(lambda _transaction: None, durable=False)

    def close(self) -> None:
        """Writes what is queued, then stops the writer."""
        with self._wake:
            self._is_closing = True
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
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

    def _take(self) -> _Work | None:
        """All that has arrived, up to BATCH_LIMIT drafts; waits while there is nothing. None: closed and drained."""
        with self._wake:
            while not (self._jobs or self._drafts or self._are_marks_due()):
                if self._is_closing:
                    return None
                self._wake.wait(self._until_marks_are_due())
            jobs, self._jobs = list(self._jobs), deque()
            drafts = [self._drafts.popleft() for _ in range(min(len(self._drafts), BATCH_LIMIT))]
            return _Work(jobs, drafts, self._take_marks() if self._are_marks_due() else {})

    def _are_marks_due(self) -> bool:
        if not self._marks:
            return False
        return self._is_settling or self._is_closing or monotonic() - self._marks_at >= MARKS_SECONDS

    def _until_marks_are_due(self) -> float | None:
        return max(0.0, self._marks_at + MARKS_SECONDS - monotonic()) if self._marks else None

    def _take_marks(self) -> dict[tuple[int, int], Watermark]:
        self._flushing, self._marks = self._marks, {}
        self._is_settling = False
        self._marks_at = monotonic()
        return self._flushing

    def _process(self, work: _Work) -> None:
        """Commits the work, or in the last resort each part of it alone, so that one bad part fails by itself."""
        try:
            committed = self._transact(work)
        except Exception as error:
            self._drop_connection()
            if work.is_single or _is_outage(error):
                self._fail(work, error)
                return
            log.warning("A batch failed and is retried one by one: %s", error)
            for part in _parts(work):
                self._process(part)
            return
        self._tell(work, committed)

    def _transact(self, work: _Work) -> _Committed:
        connection = self._connect()
        connection.begin(durable=work.is_durable)
        committed = _Committed()
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

    def _write_marks(
        self, connection: WriterConnection, marks: dict[tuple[int, int], Watermark], notices: list[Notice]
    ) -> None:
        sql = GREATEST.format(max="MAX" if connection.is_sqlite else "GREATEST")
        rows = [(mark.delivered, mark.read, *key) for key, mark in sorted(marks.items())]
        if rows:
            connection.execute_many(sql, rows)
        notices += [WatermarkRaised(*key, mark.delivered, mark.read) for key, mark in marks.items()]

    def _tell(self, work: _Work, committed: _Committed) -> None:
        """Listeners first, then the callers: a sender sees its message before the ack of it."""
        for listener in self._listeners:
            _guard(listener, committed.messages, committed.notices)
        for one, outcome in zip(work.drafts, committed.outcomes, strict=True):
            _guard(one.done, outcome)
        for job, result in zip(work.jobs, committed.results, strict=True):
            _resolve(job.future, result)

    def _fail(self, work: _Work, error: Exception) -> None:
        log.error("A transaction failed", exc_info=error)
        refusal = error if isinstance(error, ChatError) else _refusal(error)
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


def _run_job(connection: WriterConnection, job: "_Job[Any]", notices: list[Notice]) -> Any:
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


def _parts(work: _Work) -> list[_Work]:
    jobs = [_Work(jobs=[job]) for job in work.jobs]
    drafts = [_Work(drafts=[draft]) for draft in work.drafts]
    return [*jobs, *drafts, *([_Work(marks=work.marks)] if work.marks else [])]


def _join(marks: dict[tuple[int, int], Watermark], key: tuple[int, int], mark: Watermark) -> None:
    known = marks.setdefault(key, mark)
    known.delivered = max(known.delivered, mark.delivered)
    known.read = max(known.read, mark.read)


def _is_outage(error: Exception) -> bool:
    """Whether trying again one by one is pointless: the database is full, locked for long, or not reachable."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return type(cause).__name__ in ("OperationalError", "InterfaceError")


def _refusal(error: Exception) -> ChatError:
    if _is_outage(error):
        return Unavailable("The database cannot be written right now. Please try again.")
    return InternalError()


def _guard(call: Callable[..., None], *args: Any) -> None:
    """A listener's or caller's fault is logged; it must not stop the writer."""
    try:
        call(*args)
    except Exception:
        log.exception("A callback of the journal failed")
