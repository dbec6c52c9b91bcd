"""Finishes the removals of people."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager

from chatapp.actions.removal_steps import continue_removal, removals_under_way
from chatapp.journal import Journal
from chatapp.journal.database_errors import is_outage
from chatapp.realtime.periodic_work import PeriodicWork

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""Time between two looks. A look reads a table that is nearly always empty."""

RETRY_SECONDS = 5.0

PAUSE_SECONDS = 0.02
"""Time for others after each transaction."""


class RemovalWorker:
    """One thread or greenlet in each process that serves sockets. Processes need not agree on who works: a step locks
    the removal and begins where the last one has ended."""

    def __init__(self, app_context: Callable[[], AbstractContextManager[object]], journal: Journal) -> None:
        self._app_context = app_context
        self._journal = journal
        self._turn = 0
        # The first look finds what an earlier run has left.
        work = PeriodicWork("removals of people", self._work)
        self.start, self.stop = work.start, work.stop

    def _work(self) -> float:
        try:
            with self._app_context():
                under_way = removals_under_way()
            if not under_way:
                return LOOK_SECONDS
            # In turn: one that fails holds up no other.
            self._turn += 1
            continue_removal(self._journal, under_way[self._turn % len(under_way)])
        except Exception as error:
            log.warning("The removal of a person goes on later: %s", error, exc_info=not is_outage(error))
            return RETRY_SECONDS
        return PAUSE_SECONDS
