"""Logs why transactions fail. Of an outage it logs the beginning and the end, but not each write that is refused."""

import logging

from chatapp.clock import monotonic
from chatapp.journal.database_errors import is_outage
from chatapp.journal.disk_errors import SENTENCES, disk_reason

log = logging.getLogger(__name__)

REPEAT_SECONDS = 60.0
"""How often a lasting outage is logged again. A full disk may have the log on it, too."""


class OutageLog:
    def __init__(self) -> None:
        self._reason: str | None = ""
        self._logged_at = 0.0
        self._is_out = False
        self._refused = 0

    def failed(self, error: Exception, refused: int) -> bool:
        """A transaction failed, and with it so many drafts and writes. Returns whether by an outage, and not by a fault
        of ours."""
        if not is_outage(error):
            log.error("A transaction failed: %s", error, exc_info=True)
            return False
        self._refused += refused
        reason = disk_reason(error)
        if self._is_out and reason == self._reason and monotonic() - self._logged_at < REPEAT_SECONDS:
            return True
        self._is_out, self._reason, self._logged_at = True, reason, monotonic()
        log.error("A transaction failed: %s%s", error, f". {SENTENCES[reason]}" if reason else "")
        return True

    def worked(self) -> None:
        """A transaction was committed."""
        if self._is_out:
            self._is_out = False
            log.warning("The database can be written again. %d writes were refused.", self._refused)
            self._refused = 0
