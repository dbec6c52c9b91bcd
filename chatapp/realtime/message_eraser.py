"""Erases messages whose retention is over."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager

from chatapp.actions.groups import delete_left_messages
from chatapp.actions.retention import Due, erase_next, find_due
from chatapp.clock import now
from chatapp.journal import Journal
from chatapp.journal.database_errors import is_outage
from chatapp.realtime.periodic_work import PeriodicWork

log = logging.getLogger(__name__)

LOOK_SECONDS = 15.0
"""Time between two looks at all conversations."""

PAUSE_SECONDS = 0.05
"""Time for others after each transaction and each read."""


class MessageEraser:
    """One thread or greenlet in each process that serves sockets. Processes need not agree on who erases: each
    transaction begins where the last one of any process has ended."""

    def __init__(self, app_context: Callable[[], AbstractContextManager[object]], journal: Journal) -> None:
        self._app_context = app_context
        self._journal = journal
        self._after = 0
        self._has_cleaned_up = False
        self._due: list[Due] = []
        work = PeriodicWork("message eraser", self._work)
        self.start, self.stop = work.start, work.stop

    def _work(self) -> float:
        try:
            return self._erase() if self._due else self._look()
        except Exception as error:
            log.warning("Old messages are erased later: %s", error, exc_info=not is_outage(error))
            self._due.clear()
            return LOOK_SECONDS

    def _look(self) -> float:
        with self._app_context():
            if not self._has_cleaned_up:
                delete_left_messages(self._journal)
                self._has_cleaned_up = True
            self._due, following = find_due(now(), self._after)
        self._after = following or 0
        return PAUSE_SECONDS if self._due or following else LOOK_SECONDS

    def _erase(self) -> float:
        if not erase_next(self._journal, self._due[-1]):
            self._due.pop()
        return PAUSE_SECONDS
