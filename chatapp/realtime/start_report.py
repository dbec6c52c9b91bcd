"""Says what a start has found of an earlier run that did not end in order."""

import logging

from sqlalchemy import func, select

from chatapp.config import Settings
from chatapp.extensions import db
from chatapp.migrations import current_revision
from chatapp.models.job import RUNNING, JobRow
from chatapp.sqlite_files import FoundLog

log = logging.getLogger(__name__)


def report(settings: Settings, found: FoundLog | None, left_online: int) -> None:
    """Logs one line, if there is something to say. The runner has not begun, which takes the jobs over that were under
    way: on SQLite all of them, else those of this process. Needs an app context."""
    mine = select(func.count()).select_from(JobRow).where(JobRow.state == RUNNING)
    if not settings.is_sqlite:
        mine = mine.where(JobRow.node == settings.node)
    jobs = db.session.scalar(mine) or 0
    if found is None and not left_online and not jobs:
        return
    with db.engine.connect() as connection:
        revision = current_revision(connection)
    recovered = f"{found.frames} pages ({found.size} bytes) of SQLite's log are recovered, " if found else ""
    log.warning(
        "The last run did not end in order: %s%d jobs are taken over, and %d people are offline until they connect "
        "again. The database is at revision %s.",
        recovered,
        jobs,
        left_online,
        revision,
    )
