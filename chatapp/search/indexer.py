"""The indexer: a reader of the change log that keeps the index of the search up to date, right after each commit.

It hears of every commit of this process. It takes new messages from the commit itself, and reads everything else from
the change log, beginning at the revision up to which the conversation is indexed. That position moves in the
transaction that indexes, so a crash loses nothing: the next change of the conversation, or the next start, goes on
from there.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, suppress

from chatapp.clock import monotonic
from chatapp.errors import ChatError
from chatapp.eventloop.wakeup import Wakeup, make_wakeup
from chatapp.journal import Journal, StoredMessage
from chatapp.journal.database_errors import is_damage, is_outage
from chatapp.notices import ConversationChanged, Notice
from chatapp.search.catch_up import (
    CHARACTERS_AT_ONCE,
    MESSAGES_AT_ONCE,
    advance,
    conversations_behind,
    index_next,
    indexed_characters,
)

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.25
"""Time in which messages gather for one batch. A search does not wait for it."""

MOST_WAITING = 2_000
"""Messages kept in memory. Beyond that only their conversations are remembered, and read from the change log."""

IDLE_SHARE = 3
"""For each second of indexing what has been there for long, so many seconds without."""

RETRY_SECONDS = 2.0


class Indexer:
    """One for each process, with one thread or greenlet, which starts at the first commit."""

    def __init__(self, app_context: Callable[[], AbstractContextManager[object]], journal: Journal) -> None:
        self._app_context = app_context
        self._journal = journal
        self._wakeup: Wakeup  # created with the thread, for its event loop
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._fresh: deque[StoredMessage] = deque()
        self._changed: dict[int, None] = {}
        """Conversations to read in the change log, in order."""
        self._waiters: list[Future[None]] = []
        self._backlog: deque[int] = deque()
        self._damaged: set[int] = set()
        self._swept_up_to: int | None = None
        self._is_asleep = False
        self._is_busy = False
        self._is_closing = False

    def committed(self, messages: list[StoredMessage], notices: list[Notice]) -> None:
        """Hears of a commit of this process. Only remembers what there is to do."""
        for notice in notices:
            if isinstance(notice, ConversationChanged):
                self._changed[notice.conversation_id] = None
        if len(self._fresh) < MOST_WAITING:
            self._fresh.extend(messages)
        else:
            self._changed.update(dict.fromkeys(message.conversation_id for message in messages))
        if self._has_news():
            self._wake()

    def sweep(self) -> None:
        """Looks for conversations that are not indexed up to their revision: after a crash, and in a database from
        before there was an index. Indexes them in the background."""
        self._swept_up_to = 0
        self._wake()

    def catch_up(self, seconds: float) -> None:
        """Waits until what was committed so far in this process is indexed, `seconds` at most."""
        if self._thread is None or not (self._has_news() or self._is_busy):
            return
        waiter: Future[None] = Future()
        self._waiters.append(waiter)
        self._wakeup.set()
        with suppress(TimeoutError):
            waiter.result(seconds)

    def close(self) -> None:
        """Stops. What is not indexed yet is found by the next start."""
        self._is_closing = True
        if self._thread is not None:
            self._wakeup.set()
            self._thread.join()

    def _has_news(self) -> bool:
        return bool(self._fresh or self._changed)

    def _wake(self) -> None:
        if self._thread is None:
            self._start()
        elif self._is_asleep:
            self._wakeup.set()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None and not self._is_closing:
                self._wakeup = make_wakeup()
                self._thread = threading.Thread(target=self._run, name="search indexer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._is_closing:
            try:
                self._sleep_until_news()
                self._index_news()
                self._index_backlog()
            except Exception as error:
                is_expected = isinstance(error, ChatError) or is_outage(error)
                log.warning("Indexing for the search goes on later: %s", error, exc_info=not is_expected)
                self._let_waiters_go()
                self._wait(RETRY_SECONDS)

    def _sleep_until_news(self) -> None:
        """Returns when there is work: for a search at once, for news when more may have come together."""
        self._is_asleep = True
        self._wakeup.clear()
        while not (self._has_news() or self._has_backlog() or self._waiters or self._is_closing):
            self._wait(None)
        self._is_asleep = False
        if not (self._has_backlog() or self._waiters):
            self._wait(PAUSE_SECONDS)

    def _wait(self, seconds: float | None) -> None:
        if not self._is_closing:
            self._wakeup.wait(seconds)
            self._wakeup.clear()

    def _has_backlog(self) -> bool:
        return bool(self._backlog) or self._swept_up_to is not None

    def _index_news(self) -> None:
        """Indexes what has been committed since the last time."""
        waiters, self._waiters = self._waiters, []
        self._is_busy = True
        try:
            while self._fresh and not self._is_closing:
                self._index_fresh()
            while self._changed and not self._is_closing:
                self._finish(next(iter(self._changed)))
        finally:
            self._is_busy = False
            for waiter in waiters:
                waiter.set_result(None)

    def _index_fresh(self) -> None:
        """Indexes the next new messages, in one transaction."""
        taken: dict[int, list[StoredMessage]] = {}
        count = characters = 0
        while self._fresh and count < MESSAGES_AT_ONCE and characters < CHARACTERS_AT_ONCE:
            message = self._fresh.popleft()
            taken.setdefault(message.conversation_id, []).append(message)
            count += 1
            characters += indexed_characters(message)
        missing = list(taken)
        try:
            missing = self._journal.write(lambda transaction: index_next(transaction, taken), durable=False)
        finally:
            self._changed.update(dict.fromkeys(missing))

    def _finish(self, conversation_id: int) -> None:
        """Indexes a conversation up to its present revision."""
        del self._changed[conversation_id]
        try:
            while self._advance(conversation_id) and not self._is_closing:
                pass
        except Exception:
            self._changed[conversation_id] = None
            raise

    def _advance(self, conversation_id: int) -> bool:
        """Leaves a conversation aside whose pages in the database are damaged, so that the others are indexed."""
        try:
            with self._app_context():
                return advance(self._journal, conversation_id)
        except Exception as error:
            if not is_damage(error):
                raise
            if conversation_id not in self._damaged:
                log.error("Conversation %d cannot be indexed for the search: %s", conversation_id, error)
            self._damaged.add(conversation_id)
            return False

    def _index_backlog(self) -> None:
        """Indexes a piece of what has been there for long, and pauses."""
        if self._swept_up_to is not None and not self._backlog:
            with self._app_context():
                self._backlog.extend(conversations_behind(self._swept_up_to))
            self._swept_up_to = self._backlog[-1] if self._backlog else None
        if not self._backlog:
            return
        began_at = monotonic()
        if not self._advance(self._backlog[0]):
            self._backlog.popleft()
        self._wait(IDLE_SHARE * (monotonic() - began_at))

    def _let_waiters_go(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            waiter.set_result(None)
