"""An application without sockets, whose jobs the tests run themselves, and a clock that they set."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from chatapp import clock
from chatapp.extensions import db
from chatapp.jobs import dead_letters, enqueue, leases, queue, runner
from chatapp.jobs.kind import Kind
from chatapp.jobs.runner import Runner
from chatapp.journal import Journal
from chatapp.models import JobRow


class Jobs:
    """The queue of one application."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.journal: Journal = app.extensions["chatapp.journal"]
        self._runners: list[Runner] = []

    def add(self, kind: str, payload: Mapping[str, Any] | None = None, **options: Any) -> None:
        self.journal.write(lambda transaction: enqueue(transaction, kind, payload or {}, **options))

    def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        """These columns of all jobs, by id."""
        query = select(*(getattr(JobRow, name) for name in columns)).order_by(JobRow.id)
        with self.app.app_context():
            return [tuple(row) for row in db.session.execute(query)]

    def run(self, *kinds: Kind) -> Runner:
        """Runs jobs of these kinds until the test ends."""
        settings = self.app.extensions["chatapp.settings"]
        made = Runner(self.app.app_context, self.journal, settings, kinds)
        self.journal.listen(made.committed)
        self._runners.append(made)
        made.start()
        return made

    def stop(self) -> None:
        while self._runners:
            self._runners.pop().stop()


class Clock:
    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        return clock.now() + self.offset

    def pass_by(self, **length: float) -> None:
        self.offset += timedelta(**length)


@pytest.fixture
def jobs(make_app: Callable[..., Flask]) -> Iterator[Jobs]:
    made = Jobs(make_app())
    yield made
    made.stop()


@pytest.fixture
def faked_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the queue."""
    made = Clock()
    for module in (queue, leases, runner, dead_letters):
        monkeypatch.setattr(module, "now", made.now)
    monkeypatch.setattr(runner, "LOOK_SECONDS", 0.02)
    return made
