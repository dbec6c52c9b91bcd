"""Scheduled backups: a job that repeats and looks whether one is due, and a job for each, which can fail for good."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chatapp.backup.child_process import back_up
from chatapp.backup.errors import BackupFailed
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.jobs import enqueue
from chatapp.jobs.kind import Again, Backoff, JobFailed, Kind, Services
from chatapp.journal import Transaction
from chatapp.models import InstallationSetting
from chatapp.models.base import from_microseconds, to_microseconds

log = logging.getLogger(__name__)

BACKUP = "backup"
LAST_DUE = "backup_due_at"
"""The name under which is stored when the last backup was due, in microseconds since 1970 UTC."""
LOOK_EVERY = timedelta(days=1)
MOST_TIME = timedelta(hours=12)
"""For one backup."""


def _look(services: Services, _payload: Mapping[str, Any]) -> Again | None:
    """Adds the job of a backup if one is due. A restart does not make it due earlier."""
    if not services.settings.backup_to:
        return None
    every = timedelta(hours=services.settings.backup_hours)
    stored = db.session.get(InstallationSetting, LAST_DUE)
    last = None if stored is None else from_microseconds(int(stored.value))
    db.session.remove()
    at = now()
    if last is not None and at < last + every:
        return Again(min(last + every - at, LOOK_EVERY).total_seconds())

    def write(transaction: Transaction) -> None:
        transaction.session.merge(InstallationSetting(name=LAST_DUE, value=str(to_microseconds(at))))
        enqueue(transaction, BACKUP, {}, key=BACKUP)

    services.journal.write(write)
    return Again(min(every, LOOK_EVERY).total_seconds())


def _back_up(services: Services, _payload: Mapping[str, Any]) -> Again | None:
    if not services.settings.backup_to:
        return None
    began_at = now()
    try:
        said = back_up(services.settings, services.has_time)
    except BackupFailed as error:
        raise JobFailed(str(error)) from None
    except InterruptedError:
        if now() - began_at < MOST_TIME:
            # The server stops. It begins anew when the server has started again.
            return Again(0)
        raise JobFailed("The backup took longer than it may.") from None
    for line in said.splitlines():
        log.warning("A backup was made. %s", line)
    return None


KINDS = (
    Kind("backup_schedule", _look, every=LOOK_EVERY),
    Kind(
        BACKUP,
        _back_up,
        most_attempts=3,
        backoff=Backoff(first_seconds=60),
        # A handler has half of its limit.
        time_limit_seconds=2 * MOST_TIME.total_seconds(),
    ),
)
