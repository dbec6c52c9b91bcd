"""Two processes on one database run each job once, and what a killed one has begun runs again."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from chatapp.extensions import db
from chatapp.jobs import NewJob, enqueue_rows
from chatapp.jobs.queue import SessionConnection
from chatapp.journal import Transaction
from chatapp.models import JobRow
from tests.jobs.conftest import Jobs
from tests.people import wait_until
from tests.servers import ROOT, START_SECONDS, environment

JOBS = 200
LIMIT_SECONDS = 2.0
LEASE_SECONDS = 3.0

Start = Callable[[str], "subprocess.Popen[bytes]"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lines.txt"
    path.touch()
    return path


@pytest.fixture
def start(jobs: Jobs, file: Path, tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def begin(node: str) -> "subprocess.Popen[bytes]":
        url = jobs.app.extensions["chatapp.settings"].database_url
        settings = {"CHATAPP_INSTANCE": tmp_path, "CHATAPP_DATABASE_URL": url, "CHATAPP_NODE": node}
        ready = len(lines(file, "ready"))
        command = [sys.executable, "-m", "tests.jobs.worker", str(file), str(LIMIT_SECONDS), str(LEASE_SECONDS)]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment(**settings)))
        gives_up_at = time.monotonic() + START_SECONDS
        while len(lines(file, "ready")) == ready:
            assert time.monotonic() < gives_up_at, "The process does not start"
            time.sleep(0.05)
        return started[-1]

    yield begin
    for process in started:
        process.terminate()
    for process in started:
        process.wait(30)


def lines(file: Path, what: str) -> list[tuple[int, int]]:
    """The number and the process of each line that ends so."""
    found = [line.split(" ", 2) for line in file.read_text().splitlines()]
    return [(int(number), int(process)) for number, process, rest in found if rest == what]


def add_many(jobs: Jobs) -> None:
    def write(transaction: Transaction) -> None:
        new = [NewJob("count", {"number": number}) for number in range(JOBS)]
        transaction.notices += enqueue_rows(SessionConnection(transaction), new)

    jobs.journal.write(write)


def left(jobs: Jobs, kind: str) -> int:
    with jobs.app.app_context():
        return db.session.scalar(select(func.count()).where(JobRow.kind == kind)) or 0


@pytest.mark.slow
def test_two_processes_run_each_job_once(jobs: Jobs, file: Path, start: Start) -> None:
    processes = {start("one").pid, start("two").pid}
    add_many(jobs)
    wait_until(lambda: left(jobs, "count") == 0, "all jobs are done")
    done = lines(file, "done")
    assert sorted(number for number, _ in done) == list(range(JOBS))
    assert {process for _, process in done} == processes, "both have worked"


@pytest.mark.slow
def test_what_a_killed_process_has_begun_runs_again_after_the_lease(jobs: Jobs, file: Path, start: Start) -> None:
    started = {process.pid: process for process in (start("one"), start("two"))}
    jobs.add("hang", {"number": 7})
    wait_until(lambda: bool(lines(file, "attempt 1")), "one process has begun")
    began_at = time.monotonic()
    ((_, first),) = lines(file, "attempt 1")
    killed = started.pop(first)
    killed.kill()
    killed.wait()
    (second,) = started.values()
    wait_until(lambda: lines(file, "attempt 2") == [(7, second.pid)], "the other process runs it")
    assert time.monotonic() - began_at > LEASE_SECONDS - 1, "not before the lease is over"
    wait_until(lambda: left(jobs, "hang") == 0, "it is done")


@pytest.mark.slow
def test_a_process_that_starts_again_runs_at_once_what_it_had_begun(jobs: Jobs, file: Path, start: Start) -> None:
    first = start("one")
    jobs.add("hang", {"number": 7})
    wait_until(lambda: bool(lines(file, "attempt 1")), "it has begun")
    first.kill()
    first.wait()
    sql = "UPDATE job SET due_at = due_at + 1000000000 WHERE kind = ?"
    jobs.journal.write(lambda one: SessionConnection(one).execute(sql, ("hang",)) and None)
    second = start("one")
    wait_until(lambda: lines(file, "attempt 2") == [(7, second.pid)], "it runs again, long before the lease is over")


@pytest.mark.slow
def test_many_jobs_are_done_although_a_process_is_killed_in_the_middle(jobs: Jobs, file: Path, start: Start) -> None:
    first = start("one")
    add_many(jobs)
    wait_until(lambda: len(lines(file, "done")) > JOBS // 10, "some are done")
    start("two")
    first.kill()
    wait_until(lambda: left(jobs, "count") == 0, "all are done")
    numbers = Counter(number for number, _ in lines(file, "done"))
    assert sorted(numbers) == list(range(JOBS))
    assert sum(numbers.values()) <= JOBS + 8, "only what ran at the kill may run twice"


@pytest.mark.slow
def test_a_job_that_takes_too_long_is_ended_and_tried_again(jobs: Jobs, file: Path, start: Start) -> None:
    process = start("one")
    began_at = time.monotonic()
    jobs.add("hang", {"number": 7})
    wait_until(lambda: lines(file, "attempt 2") == [(7, process.pid)], "it is tried again")
    assert time.monotonic() - began_at > LIMIT_SECONDS
    wait_until(lambda: left(jobs, "hang") == 0, "it is done")


@pytest.mark.slow
def test_a_kind_that_repeats_has_one_job_over_two_processes(jobs: Jobs, file: Path, start: Start) -> None:
    start("one")
    start("two")
    count = len(lines(file, "sweep"))
    began_at = time.monotonic()
    time.sleep(6)
    wait_until(lambda: len(lines(file, "sweep")) >= count + 2, "it repeats")
    assert len(lines(file, "sweep")) - count <= (time.monotonic() - began_at) / 2 + 2, "two would run twice as often"
    assert left(jobs, "sweep") == 1
