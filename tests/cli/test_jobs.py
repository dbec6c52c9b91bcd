"""`chatapp jobs` shows what waits and what has failed, tries that again, and forgets it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from chatapp import close_app, create_app
from chatapp.jobs import enqueue
from chatapp.jobs.queue import SessionConnection
from tests.cli.running import Run, expect_output

LATER = datetime(2035, 1, 31, 12, 30, tzinfo=UTC)


@pytest.fixture
def app(installation: dict[str, str]) -> Iterator[Flask]:
    url, instance = installation["CHATAPP_DATABASE_URL"], installation["CHATAPP_INSTANCE"]
    made = create_app({"instance": instance, "database_url": url, "async_mode": "threading"})
    yield made
    close_app(made)


@pytest.fixture
def add(app: Flask) -> Callable[..., None]:
    def call(kind: str, state: str = "waiting", **options: Any) -> None:
        def write(transaction: Any) -> None:
            enqueue(transaction, kind, {}, **options)
            last = "WHERE id = (SELECT MAX(id) FROM job)"
            sql = f"UPDATE job SET state = ?, attempts = 3, error = 'Down.', failed_at = due_at {last}"
            SessionConnection(transaction).execute(sql, (state,))

        app.extensions["chatapp.journal"].write(write)

    return call


def test_jobs_are_counted_by_kind_and_state(run: Run, add: Callable[..., None]) -> None:
    expect_output(run("jobs"), 0)
    add("push", due_at=LATER + timedelta(hours=1))
    add("push", due_at=LATER)
    add("push", "running")
    add("digest", "failed")
    shown = run("jobs")
    expect_output(shown, 0)
    assert shown.output.splitlines() == [
        "digest\t0 waiting\t0 running\t1 failed",
        "push\t2 waiting\t1 running\t0 failed\t2035-01-31 12:30 UTC",
    ]


def test_failed_jobs_are_listed_tried_again_and_forgotten(run: Run, add: Callable[..., None]) -> None:
    expect_output(run("jobs", "failed"), 0)
    for number in (1, 2, 3, 4):
        add("digest", "failed", due_at=LATER + timedelta(minutes=number))
    shown = run("jobs", "failed").output.splitlines()
    assert shown[0] == "4\tdigest\t3\t2035-01-31 12:34 UTC\tDown."
    assert [line.split("\t")[0] for line in shown] == ["4", "3", "2", "1"]
    expect_output(run("jobs", "forget", "4"), 0, "Job 4 is forgotten.")
    expect_output(run("jobs", "forget", "4"), 1, "There is no such failed job.")
    expect_output(run("jobs", "retry", "3"), 0, "1 job is tried again.")
    expect_output(run("jobs", "retry", "3"), 1, "There is no such failed job.")
    expect_output(run("jobs"), 0, "digest\t1 waiting\t0 running\t2 failed")
    expect_output(run("jobs", "retry", "--all"), 0, "2 jobs are tried again.")
    expect_output(run("jobs"), 0, "digest\t3 waiting\t0 running\t0 failed")
    for wrong in (("jobs", "retry"), ("jobs", "retry", "3", "--all")):
        expect_output(run(*wrong), 2, "Say the ID of a job, or --all.")


def test_of_failed_jobs_of_one_key_one_is_tried_again(run: Run, add: Callable[..., None]) -> None:
    add("digest", "failed", key="alice")
    add("digest", "failed", key="alice")
    expect_output(run("jobs", "retry", "--all"), 0, "1 job is tried again.")
    expect_output(run("jobs"), 0, "digest\t1 waiting\t0 running\t0 failed")


def test_one_failed_job_is_tried_again_though_another_of_its_key_has_failed_later(
    run: Run, add: Callable[..., None]
) -> None:
    add("digest", "failed", key="alice")
    add("digest", "failed", key="alice")
    expect_output(run("jobs", "retry", "1"), 0, "1 job is tried again.")
    expect_output(run("jobs"), 0, "digest\t1 waiting\t0 running\t1 failed")
    expect_output(run("jobs", "retry", "2"), 0, "0 jobs are tried again.")
    expect_output(run("jobs"), 0, "digest\t1 waiting\t0 running\t0 failed")
