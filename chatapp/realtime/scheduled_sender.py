"""Sends scheduled messages when they are due."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager

from chatapp.actions.scheduled_messages import due_drafts
from chatapp.clock import now
from chatapp.errors import InternalError, Unavailable
from chatapp.journal import Journal
from chatapp.journal.database_errors import is_outage
from chatapp.journal.drafts import Outcome
from chatapp.realtime.periodic_work import PeriodicWork

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How late a message can be. Looking costs one read of an index that holds the waiting messages alone."""

RETRY_SECONDS = 5.0
"""Pause after a message could be neither sent nor refused."""

MESSAGES_AT_ONCE = 100


class ScheduledSender:
    """One thread or greenlet in each process that serves sockets. Processes need not agree on who sends: the journal
    sends a message and marks it as sent in one transaction, so the others find nothing to send."""

    def __init__(self, app_context: Callable[[], AbstractContextManager[object]], journal: Journal) -> None:
        self._app_context = app_context
        self._journal = journal
        # The first look sends what became due while no process ran.
        work = PeriodicWork("scheduled messages", self._work)
        self.start, self.stop = work.start, work.stop

    def _work(self) -> float:
        try:
            return self._send_due()
        except Exception as error:
            log.warning("Scheduled messages are sent later: %s", error, exc_info=not is_outage(error))
            return RETRY_SECONDS

    def _send_due(self) -> float:
        """Sends what is due now. Returns the seconds until the next look."""
        with self._app_context():
            drafts = due_drafts(now(), MESSAGES_AT_ONCE)
        answers: list[Future[Outcome]] = [Future() for _ in drafts]
        for draft, answer in zip(drafts, answers, strict=True):
            self._journal.send(draft, answer.set_result)
        outcomes = [answer.result() for answer in answers]
        if any(isinstance(outcome, Unavailable | InternalError) for outcome in outcomes):
            return RETRY_SECONDS
        return 0.0 if len(drafts) == MESSAGES_AT_ONCE else LOOK_SECONDS
