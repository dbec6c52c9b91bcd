"""The notices that one process leaves for the other on SQLite, and how they are deleted."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from chatapp import close_app, create_app
from chatapp.bus.sqlite import KEEP_MICROSECONDS, PRUNED_AT_ONCE
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models.base import to_microseconds
from chatapp.notices import CatchUp
from tests.databases import Databases

SECOND = 1_000_000
LeaveRows = Callable[[int, int], None]


@pytest.fixture
def app(sqlite_only: Databases, tmp_path: Path) -> Iterator[Flask]:
    """An application without a bus listener."""
    app = create_app({"instance": tmp_path, "database_url": sqlite_only.new(), "async_mode": "threading"})
    yield app
    close_app(app)


@pytest.fixture
def leave_rows(app: Flask) -> LeaveRows:
    """`leave_rows(5, age)` inserts five notices, `age` microseconds older than the retention time."""

    def leave(count: int, age: int) -> None:
        at = to_microseconds(now()) - KEEP_MICROSECONDS - age
        with app.app_context(), db.engine.begin() as connection:
            rows = [{"at": at}] * count
            connection.execute(text("INSERT INTO notice (body, created_at) VALUES ('[]', :at)"), rows)

    return leave


def commit(app: Flask) -> None:
    """Commits a notice for the other process."""
    app.extensions["chatapp.journal"].write(lambda transaction: transaction.notices.append(CatchUp()))


def rows_left(app: Flask) -> int:
    with app.app_context(), db.engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM notice")) or 0)


def test_each_commit_deletes_a_few_expired_notices_and_more_than_it_adds(app: Flask, leave_rows: LeaveRows) -> None:
    leave_rows(2 * PRUNED_AT_ONCE + 5, SECOND)
    left = [rows_left(app)]
    for _ in range(3):
        commit(app)
        left.append(rows_left(app))
    gone = [before + 1 - after for before, after in pairwise(left)]
    assert gone == [PRUNED_AT_ONCE, PRUNED_AT_ONCE, 5]


def test_notices_that_another_process_may_not_have_read_are_kept(app: Flask, leave_rows: LeaveRows) -> None:
    leave_rows(3, -10 * SECOND)
    commit(app)
    assert rows_left(app) == 3 + 1
