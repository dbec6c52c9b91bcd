"""The metrics of what is in the queue of jobs. They are of the installation, and the same in every process."""

import sqlite3
from collections.abc import Iterable
from itertools import product
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from chatapp.eventloop.thread_pool import run_in_thread
from chatapp.jobs.kinds import KINDS
from chatapp.metrics.family import Family, Part, gauge, gauges
from chatapp.models.job import FAILED, RUNNING, WAITING

COUNT = "SELECT kind, state, COUNT(*) FROM job GROUP BY kind, state"


def of_jobs(engine: Engine) -> Part:
    """See `family.Part`. While the database cannot be used, there are no numbers of jobs."""

    def part() -> Iterable[Family]:
        counts: dict[tuple[str, ...], float] = {}
        try:
            rows = _counts(engine)
        except (SQLAlchemyError, sqlite3.Error):
            is_up = False
        else:
            is_up = True
            counts = dict.fromkeys(product([kind.name for kind in KINDS], (WAITING, RUNNING, FAILED)), 0)
            counts |= {(kind, state): count for kind, state, count in rows}
        yield gauge("chatapp_database_up", "Whether the database answers: 1 or 0.", is_up)
        yield gauges("chatapp_jobs", "Jobs in the queue.", ("kind", "state"), counts)

    return part


def _counts(engine: Engine) -> list[Any]:
    """Reads the whole table, which takes milliseconds if many jobs wait, so not on the event loop."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            return list(connection.exec_driver_sql(COUNT))
        return run_in_thread(_fetch, connection.connection.driver_connection)


def _fetch(connection: Any) -> list[Any]:
    found: list[Any] = connection.execute(COUNT).fetchall()
    return found
