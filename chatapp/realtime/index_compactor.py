"""Rids the index of the search of the words of messages that are gone, which stay in the segments of SQLite's FTS5."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager

from chatapp.clock import monotonic
from chatapp.database import empty_log
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.journal.database_errors import is_outage
from chatapp.journal.search_index import COMPACTION, SearchIndex
from chatapp.realtime.periodic_work import PeriodicWork

log = logging.getLogger(__name__)

LOOK_SECONDS = 15.0
"""Time between two looks at whether a message has gone."""

IDLE_SHARE = 3
"""For each second of merging, so many seconds for others."""

REST_SHARE = 100
"""For each second that a compaction took, so many seconds until the next one: it writes the whole index anew."""

SHORTEST_REST_SECONDS = 60.0

RETRY_SECONDS = 1.0
"""Time until the log is emptied after a reader was in the way."""


class IndexCompactor:
    """One thread or greenlet in the process that serves the sockets of a SQLite file. It merges all segments in small
    transactions, and empties the write-ahead log after that. One that a stop interrupts begins again."""

    def __init__(self, app_context: Callable[[], AbstractContextManager[object]], journal: Journal) -> None:
        self._app_context = app_context
        self._journal = journal
        self._next_at = 0.0
        self._worked_seconds = 0.0
        self._step: Callable[[], float] = self._look
        work = PeriodicWork("index compactor", self._work)
        self.start, self.stop = work.start, work.stop

    def _work(self) -> float:
        try:
            return self._step()
        except Exception as error:
            log.warning("The index of the search is compacted later: %s", error, exc_info=not is_outage(error))
            self._step = self._look
            return LOOK_SECONDS

    def _look(self) -> float:
        if monotonic() < self._next_at:
            return LOOK_SECONDS
        with self._app_context():
            is_due = db.session.connection().exec_driver_sql(COMPACTION).first() is not None
        if not is_due:
            return LOOK_SECONDS
        self._worked_seconds = 0.0
        self._step = self._merge
        return self._timed(lambda index: index.begin_compaction())

    def _merge(self) -> float:
        has_more = False

        def merge(index: SearchIndex) -> None:
            nonlocal has_more
            has_more = index.compact()

        pause = self._timed(merge)
        if not has_more:
            self._step = self._finish
        return pause

    def _finish(self) -> float:
        with self._app_context():
            if not empty_log(db.engine):
                return RETRY_SECONDS
        self._timed(lambda index: index.end_compaction())
        self._next_at = monotonic() + max(SHORTEST_REST_SECONDS, REST_SHARE * self._worked_seconds)
        self._step = self._look
        return LOOK_SECONDS

    def _timed(self, work: Callable[[SearchIndex], None]) -> float:
        """Works in one transaction. Returns how long to pause."""

        def write(transaction: Transaction) -> None:
            work(SearchIndex(transaction))

        began_at = monotonic()
        self._journal.write(write, durable=False)
        seconds = monotonic() - began_at
        self._worked_seconds += seconds
        return IDLE_SHARE * seconds
