"""How jobs end is counted, and one that has failed for good is an event in the log."""

import logging

import pytest

from chatapp.jobs.kind import Again, JobFailed, Kind
from chatapp.logs.events import EVENT, FIELDS
from chatapp.metrics.counters import OUTCOMES, counters
from tests.jobs.conftest import Jobs
from tests.people import wait_until


def _fail(*_arguments: object) -> None:
    raise JobFailed("The other server is down.")


def _do_a_part(services: object, payload: dict[str, bool]) -> Again | None:
    return None if payload.get("done") else Again(0, {"done": True})


def test_each_end_of_a_job_is_counted(jobs: Jobs) -> None:
    before = dict(counters.jobs)

    def ends() -> dict[tuple[str, str], int]:
        return {kind: count - before.get(kind, 0) for kind, count in counters.jobs.items() if kind[0] in names}

    names = ("counted_parts", "counted_failure")
    jobs.run(Kind("counted_parts", _do_a_part), Kind("counted_failure", _fail, most_attempts=1))
    jobs.add("counted_parts")
    jobs.add("counted_failure")
    expected = {("counted_parts", "again"): 1, ("counted_parts", "done"): 1, ("counted_failure", "failed"): 1}
    wait_until(lambda: ends() == expected, "each end is counted, after its row is written")
    assert jobs.rows("state") == [("failed",)]
    assert {outcome for _, outcome in ends()} <= set(OUTCOMES)


def test_a_job_that_has_failed_for_good_is_an_event(jobs: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        jobs.run(Kind("failing", _fail, most_attempts=1))
        jobs.add("failing")
        wait_until(lambda: jobs.rows("state") == [("failed",)], "it has failed")
        wait_until(lambda: any(hasattr(one, EVENT) for one in caplog.records), "it is logged")
    (found,) = [one for one in caplog.records if getattr(one, EVENT, "") == "job_failed"]
    ((number,),) = jobs.rows("id")
    assert getattr(found, FIELDS) == {"kind": "failing", "job": number, "attempt": 1}
