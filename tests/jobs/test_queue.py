"""Jobs are added with what causes them, once for each key, and taken back."""

from datetime import timedelta

import pytest

from chatapp.clock import now
from chatapp.errors import Conflict
from chatapp.jobs import NewJob, cancel, cancel_rows, enqueue, enqueue_rows
from chatapp.jobs.queue import SessionConnection
from chatapp.journal import Transaction
from chatapp.notices import JobsAdded, Notice
from tests.jobs.conftest import Clock, Jobs


def test_a_job_is_added_with_its_transaction_or_not_at_all(jobs: Jobs) -> None:
    def write(transaction: Transaction) -> None:
        enqueue(transaction, "preview", {"url": "https://example.org"})
        raise Conflict("No.")

    with pytest.raises(Conflict):
        jobs.journal.write(write)
    assert jobs.rows("id") == []
    jobs.add("preview", {"number": 1})
    assert jobs.rows("kind", "payload", "state", "attempts") == [("preview", '{"number":1}', "waiting", 0)]


def test_a_waiting_job_of_the_same_kind_and_key_is_not_added_twice(jobs: Jobs) -> None:
    later = now() + timedelta(hours=1)
    jobs.add("digest", {"number": 1}, key="alice", due_at=later)
    jobs.add("digest", {"number": 2}, key="alice", due_at=later + timedelta(hours=1))
    assert jobs.rows("key", "payload", "due_at") == [("alice", '{"number":2}', later)]
    sooner = later - timedelta(minutes=30)
    jobs.add("digest", {"number": 3}, key="alice", due_at=sooner)
    assert jobs.rows("key", "payload", "due_at") == [("alice", '{"number":3}', sooner)]
    jobs.add("digest", key="bob")
    jobs.add("push", key="alice")
    jobs.add("push")
    jobs.add("push")
    assert len(jobs.rows("id")) == 5


def test_a_job_is_added_beside_one_of_its_key_that_runs(jobs: Jobs) -> None:
    jobs.add("digest", key="alice")
    jobs.journal.write(lambda one: SessionConnection(one).execute("UPDATE job SET state = ?", ("running",)) and None)
    jobs.add("digest", key="alice")
    assert jobs.rows("key", "state") == [("alice", "running"), ("alice", "waiting")]


def test_a_job_that_has_failed_before_keeps_its_time(jobs: Jobs) -> None:
    later = now() + timedelta(hours=1)
    jobs.add("push", key="alice", due_at=later)
    jobs.journal.write(lambda one: SessionConnection(one).execute("UPDATE job SET attempts = ?", (1,)) and None)
    jobs.add("push", key="alice")
    assert jobs.rows("due_at") == [(later,)]


def test_a_delay_is_counted_from_now(jobs: Jobs, faked_clock: Clock) -> None:
    before = faked_clock.now()
    jobs.add("push", delay=timedelta(minutes=5))
    ((due_at,),) = jobs.rows("due_at")
    assert before + timedelta(minutes=5) <= due_at <= faked_clock.now() + timedelta(minutes=5)


def test_many_jobs_are_added_by_one_statement_each_key_once(jobs: Jobs) -> None:
    statements: list[str] = []

    class Recording(SessionConnection):
        def execute(self, sql: str, parameters: object = ()) -> object:
            statements.append(sql)
            return super().execute(sql, parameters)  # type: ignore[arg-type]

    hour = now() + timedelta(hours=1)
    many = [NewJob("push", {"number": number}, hour) for number in range(300)]
    keyed = [NewJob("push", {"to": 1}, hour, "b"), NewJob("push", {"to": 2}, key="b"), NewJob("push", {}, hour, "a")]

    def write(transaction: Transaction) -> list[Notice]:
        return enqueue_rows(Recording(transaction), [*many, *keyed])

    assert jobs.journal.write(write) == [JobsAdded()], "one of them is due"
    assert len(statements) == 1
    found = jobs.rows("key", "payload", "due_at")
    assert len(found) == 302
    assert [(key, payload) for key, payload, _ in found[300:]] == [("a", "{}"), ("b", '{"to":2}')]
    assert found[-1][2] < hour, "the earlier time counts"
    none: list[Notice] = jobs.journal.write(lambda one: enqueue_rows(SessionConnection(one), []))
    assert none == []


def test_a_waiting_job_is_taken_back_and_a_running_one_is_not(jobs: Jobs) -> None:
    jobs.add("push", key="alice")
    jobs.add("push", key="bob")
    jobs.add("digest", key="alice")
    assert jobs.journal.write(lambda one: cancel(one, "push", "alice"))
    assert not jobs.journal.write(lambda one: cancel(one, "push", "alice")), "it is gone"
    assert jobs.rows("kind", "key") == [("push", "bob"), ("digest", "alice")]
    jobs.journal.write(lambda one: SessionConnection(one).execute("UPDATE job SET state = ?", ("running",)) and None)
    assert jobs.journal.write(lambda one: cancel_rows(SessionConnection(one), "push", ["alice", "bob"])) == 0
