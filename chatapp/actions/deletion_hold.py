"""Keeps the bytes of files from being deleted while a backup copies those that its snapshot names.

The hold is a time in the database, so that it is seen by every process, whichever machine deletes. It is set before the
snapshot is taken. A backup that is killed leaves a hold that is soon over.
"""

import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chatapp.clock import now
from chatapp.jobs import enqueue
from chatapp.journal import Journal, Transaction
from chatapp.models import Blob, InstallationSetting
from chatapp.models.base import to_microseconds

log = logging.getLogger(__name__)

HELD_UNTIL = "files_held_until "
"""How the names of holds begin, one for each backup."""
HELD = timedelta(minutes=2)
RENEW_SECONDS = 20.0

DELETE_FILES = "delete_files"
"""The kind of the job that deletes what was released."""

_VALUE = InstallationSetting.value
_IS_HOLD = InstallationSetting.name.startswith(HELD_UNTIL, autoescape=True)


@contextmanager
def held(journal: Journal) -> Iterator[None]:
    """Keeps bytes from being deleted inside of it. At its end they are deleted. For a process of its own."""
    name = HELD_UNTIL + secrets.token_hex(8)
    journal.write(lambda transaction: _renew(transaction, name))
    ended = threading.Event()
    thread = threading.Thread(target=_keep_renewing, args=(journal, name, ended), name="file hold", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        journal.write(lambda transaction: _end(transaction, name))


def are_held(session: Session) -> bool:
    """Whether no bytes may be deleted now."""
    at = to_microseconds(now())
    return any(int(until) > at for until in session.scalars(select(_VALUE).where(_IS_HOLD)))


def _keep_renewing(journal: Journal, name: str, ended: threading.Event) -> None:
    while not ended.wait(RENEW_SECONDS):
        try:
            journal.write(lambda transaction: _renew(transaction, name))
        except Exception as error:
            log.warning("Files are kept from being deleted for no longer than two minutes: %s", error)


def _renew(transaction: Transaction, name: str) -> None:
    until = str(to_microseconds(now() + HELD))
    transaction.session.merge(InstallationSetting(name=name, value=until))


def _end(transaction: Transaction, name: str) -> None:
    """Ends this hold, and forgets those of backups that were killed. A job deletes what has waited for it."""
    session, at = transaction.session, to_microseconds(now())
    over = [row.name for row in session.scalars(select(InstallationSetting).where(_IS_HOLD)) if int(row.value) <= at]
    session.execute(delete(InstallationSetting).where(InstallationSetting.name.in_([name, *over])))
    if session.scalar(select(Blob.hash).where(Blob.released_at.is_not(None)).limit(1)) is not None:
        enqueue(transaction, DELETE_FILES, {}, key=DELETE_FILES)
