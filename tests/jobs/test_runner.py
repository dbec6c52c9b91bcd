"""Due jobs run at once and beside each other; what fails is tried again later, and kept when it has failed for good."""

import logging
import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from chatapp.clock import now
from chatapp.errors import NotFound
from chatapp.jobs import dead_letters, runner
from chatapp.jobs.kind import Again, Backoff, JobFailed, Kind, LeaseLost, Services
from chatapp.jobs.leases import complete
from chatapp.jobs.queue import SessionConnection
from chatapp.journal import Transaction
from tests.jobs.conftest import Clock, Jobs
from tests.people import wait_until

Payload = Mapping[str, Any]


def test_a_job_runs_at_once_with_its_payload_and_is_gone(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "LOOK_SECONDS", 3_600.0)
    seen: list[Payload] = []
    jobs.run(Kind("greet", lambda _services, payload: seen.append(payload)))
    time.sleep(0.3)
    jobs.add("greet", {"name": "alice"})
    wait_until(lambda: seen == [{"name": "alice"}], "it runs without waiting for the next look")
    wait_until(lambda: jobs.rows("id") == [], "it is gone")


def test_a_job_for_later_runs_when_it_is_due(jobs: Jobs, faked_clock: Clock) -> None:
    seen: list[Payload] = []
    jobs.run(Kind("greet", lambda _services, payload: seen.append(payload)))
    jobs.add("greet", {"number": 2}, delay=timedelta(hours=2))
    jobs.add("greet", {"number": 1}, delay=timedelta(hours=1))
    time.sleep(0.2)
    assert seen == []
    faked_clock.pass_by(hours=1)
    wait_until(lambda: seen == [{"number": 1}], "the first is due")
    faked_clock.pass_by(hours=1)
    wait_until(lambda: len(seen) == 2, "the second is due")


def test_no_more_of_a_kind_run_at_once_than_it_says_and_never_two_of_one_key(jobs: Jobs) -> None:
    lock, running, most, pairs = threading.Lock(), [], [], []

    def run(services: Services, payload: Payload) -> None:
        with lock:
            running.append(payload["key"])
            most.append(len(running))
            pairs.append(len(running) - len(set(running)))
        if not payload["again"]:
            jobs.add("greet", {"key": payload["key"], "again": True}, key=payload["key"])
        time.sleep(0.05)
        with lock:
            running.remove(payload["key"])

    jobs.run(Kind("greet", run, at_once=4))
    for number in range(12):
        jobs.add("greet", {"key": str(number), "again": False}, key=str(number))
    wait_until(lambda: len(most) == 24 and jobs.rows("id") == [], "each runs twice")
    assert max(most) == 4
    assert set(pairs) == {0}


def test_a_slow_kind_holds_no_other_kind_up(jobs: Jobs) -> None:
    may_end, seen = threading.Event(), []
    jobs.run(
        Kind("slow", lambda _services, _payload: may_end.wait(10) and None),
        Kind("quick", lambda _services, _payload: seen.append(1)),
    )
    for _ in range(5):
        jobs.add("slow")
    jobs.add("quick")
    try:
        wait_until(lambda: seen == [1] and len(jobs.rows("id")) == 5, "the quick one is done, and no other")
    finally:
        may_end.set()


def test_a_failed_job_is_tried_again_later_and_later_and_then_kept_as_a_dead_letter(
    jobs: Jobs, faked_clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    attempts: list[int] = []

    def run(services: Services, _payload: Payload) -> None:
        attempts.append(services.job.attempt)
        raise JobFailed("The other server is down.")

    backoff = Backoff(first_seconds=100, most_seconds=250)
    jobs.run(Kind("call", run, most_attempts=4, backoff=backoff))
    with caplog.at_level(logging.WARNING):
        jobs.add("call", {"secret": "s3cret"})
        for number, longest in enumerate((100, 200, 250), 1):
            wait_until(lambda: jobs.rows("state", "attempts") == [("waiting", number)], "it waits")  # noqa: B023
            ((due_at, error),) = jobs.rows("due_at", "error")
            seconds = (due_at - faked_clock.now()).total_seconds()
            assert longest / 2 - 5 < seconds <= longest
            assert error == "The other server is down."
            faked_clock.pass_by(seconds=seconds - 1)
            time.sleep(0.1)
            assert len(attempts) == number, "not before its time"
            faked_clock.pass_by(seconds=2)
        wait_until(lambda: jobs.rows("state") == [("failed",)], "it has failed for good")
    assert attempts == [1, 2, 3, 4]
    with jobs.app.app_context():
        (letter,) = dead_letters.dead_letters(10)
    assert (letter.kind, letter.attempts, letter.error) == ("call", 4, "The other server is down.")
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"], "one line for all attempts"
    assert "s3cret" not in caplog.text


def test_the_text_of_an_unforeseen_error_is_not_kept(jobs: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    def run(_services: Services, payload: Payload) -> None:
        raise ValueError(payload["secret"])

    jobs.run(Kind("call", run, most_attempts=1))
    jobs.add("call", {"secret": "s3cret"})
    wait_until(lambda: jobs.rows("state", "error") == [("failed", "ValueError")], "it is a dead letter")
    assert "s3cret" not in caplog.text


def test_a_handler_says_that_or_when_it_is_tried_again(jobs: Jobs, faked_clock: Clock) -> None:
    def run(_services: Services, payload: Payload) -> None:
        raise JobFailed("No.", can_retry=payload["again"], retry_seconds=3_000)

    jobs.run(Kind("call", run, most_attempts=9))
    jobs.add("call", {"again": False})
    wait_until(lambda: jobs.rows("state", "attempts") == [("failed", 1)], "it is not tried again")
    jobs.add("call", {"again": True})
    wait_until(lambda: len(jobs.rows("state")) == 2 and jobs.rows("state", "attempts")[1] == ("waiting", 1), "it is")
    assert 2_900 < (jobs.rows("due_at")[1][0] - faked_clock.now()).total_seconds() <= 3_000


def test_a_handler_goes_on_where_it_was(jobs: Jobs) -> None:
    seen: list[int] = []

    def run(services: Services, payload: Payload) -> Again | None:
        seen.append(payload["from"])
        assert services.job.attempt == 1
        return Again(0, {"from": payload["from"] + 1}) if len(seen) < 7 else None

    jobs.run(Kind("walk", run, most_attempts=2))
    jobs.add("walk", {"from": 0}, key="one")
    wait_until(lambda: jobs.rows("id") == [], "it is done")
    assert seen == list(range(7))


def test_work_and_completion_are_one_transaction_and_who_lost_the_job_undoes_its_own(
    jobs: Jobs, faked_clock: Clock
) -> None:
    failures: list[Exception] = []

    def run(services: Services, _payload: Payload) -> None:
        if services.job.attempt == 1:
            # Slower than allowed. On the event loop it would be ended.
            faked_clock.pass_by(seconds=services.job.kind.lease.total_seconds() + 1)
            wait_until(lambda: jobs.rows("kind", "attempts") != [("pay", 1)], "another run takes it")

        def write(transaction: Transaction) -> None:
            sql = "INSERT INTO node (name, seen_at) VALUES (?, ?)"
            SessionConnection(transaction).execute(sql, (f"paid by {services.job.attempt}", 0))
            complete(transaction, services.job)

        try:
            services.journal.write(write)
        except LeaseLost as error:
            failures.append(error)
            raise

    jobs.run(Kind("pay", run, at_once=2))
    jobs.add("pay")
    wait_until(lambda: len(failures) == 1 and jobs.rows("id") == [], "both have ended")

    def paid(transaction: Transaction) -> list[str]:
        rows = SessionConnection(transaction).execute("SELECT name FROM node WHERE name LIKE ?", ("paid%",)).fetchall()
        return [row[0] for row in rows]

    assert jobs.journal.write(paid) == ["paid by 2"]


def test_a_job_whose_process_ends_at_each_attempt_is_a_dead_letter_in_the_end(
    jobs: Jobs, faked_clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    jobs.add("call", key="alice")
    sql = "UPDATE job SET state = 'running', attempts = ?"
    jobs.journal.write(lambda one: SessionConnection(one).execute(sql, (3,)) and None)
    seen: list[int] = []
    jobs.run(Kind("call", lambda services, _payload: seen.append(services.job.attempt), most_attempts=3))
    wait_until(lambda: jobs.rows("state") == [("failed",)], "it is not run a fourth time")
    assert seen == []
    logged = "A job of the kind call has failed for good: The process that ran it has ended, or it took longer than"
    wait_until(lambda: logged in caplog.text, "it is logged")


def test_dead_letters_are_tried_again_or_forgotten(jobs: Jobs, faked_clock: Clock) -> None:
    is_down = True

    def run(_services: Services, _payload: Payload) -> None:
        if is_down:
            raise JobFailed("Down.", can_retry=False)

    jobs.run(Kind("call", run))
    for key in ("one", "two", "three"):
        jobs.add("call", key=key)
    wait_until(lambda: jobs.rows("state") == [("failed",)] * 3, "all fail")
    first, second, third = (row[0] for row in jobs.rows("id"))
    dead_letters.forget(jobs.journal, first)
    with pytest.raises(NotFound):
        dead_letters.forget(jobs.journal, first)
    with pytest.raises(NotFound):
        dead_letters.retry(jobs.journal, first)
    assert dead_letters.retry(jobs.journal, second) == 1
    wait_until(lambda: jobs.rows("id", "state") == [(second, "failed"), (third, "failed")], "it fails again")
    is_down = False
    assert dead_letters.retry(jobs.journal, None) == 2
    wait_until(lambda: jobs.rows("id") == [], "both are done")
    is_down = True
    jobs.add("call")
    wait_until(lambda: jobs.rows("state") == [("failed",)], "it fails")
    jobs.journal.write(dead_letters.forget_old)
    assert len(jobs.rows("id")) == 1
    faked_clock.pass_by(days=31)
    jobs.journal.write(dead_letters.forget_old)
    assert jobs.rows("id") == []


def test_a_kind_that_repeats_has_one_job_in_two_runners_whether_it_fails_or_not(jobs: Jobs, faked_clock: Clock) -> None:
    seen: list[str] = []

    def run(_services: Services, _payload: Payload) -> None:
        seen.append("run")
        if len(seen) % 2:
            raise JobFailed("Not this time.")

    kind = Kind("sweep", run, most_attempts=1, every=timedelta(hours=1))
    jobs.run(kind)
    jobs.run(kind)
    wait_until(lambda: bool(seen) and jobs.rows("state", "attempts") == [("waiting", 0)], "it has run")
    for _ in range(3):
        ((due_at,),) = jobs.rows("due_at")
        assert timedelta(minutes=55) < due_at - faked_clock.now() <= timedelta(hours=1)
        count = len(seen)
        faked_clock.pass_by(minutes=61)
        wait_until(lambda: len(seen) > count and jobs.rows("state") == [("waiting",)], "it runs again")  # noqa: B023
        assert len(seen) == count + 1


def test_an_idle_runner_reads_once_a_second_and_writes_nothing(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []
    look = runner.next_due

    def counted(statement: Any) -> Any:
        looks.append(time.monotonic())
        return look(statement)

    monkeypatch.setattr(runner, "next_due", counted)
    jobs.add("greet", due_at=now() + timedelta(days=1))
    jobs.run(Kind("greet", lambda _services, _payload: None))
    commits: list[int] = []
    time.sleep(0.5)
    jobs.journal.listen(lambda _messages, _notices: commits.append(1))
    looks.clear()
    time.sleep(3.2)
    assert 2 <= len(looks) <= 4
    assert commits == []
