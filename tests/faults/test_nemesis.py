"""Each fault a few times. `make faults` does the same for long."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.faults import history, reliability_page
from tests.faults.nemesis import FAULTS
from tests.faults.own_postgres import OwnPostgres, own_postgres
from tests.faults.scene import Fault, Result, Scene, run

SEED = 17
SHORT = [fault for fault in FAULTS if fault.short_rounds]


@pytest.fixture
def own(request: pytest.FixtureRequest) -> Iterator[OwnPostgres | None]:
    """A server of PostgreSQL for faults that stop it."""
    if request.getfixturevalue("fault").needs_own_postgres:
        with own_postgres() as server:
            yield server
    else:
        yield None


@pytest.fixture
def url(fault: Fault, own: OwnPostgres | None, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database of the kind that the fault is about."""
    if own is not None:
        return Databases(tmp_path, own.url).new()
    shared = request.getfixturevalue("postgres_url") if fault.database == "postgresql" else None
    return Databases(tmp_path, shared).new()


@pytest.mark.parametrize(
    "fault",
    [SHORT[0], *(pytest.param(fault, marks=pytest.mark.slow) for fault in SHORT[1:])],
    ids=[fault.name for fault in SHORT],
)
def test_every_promise_is_kept_under(fault: Fault, own: OwnPostgres | None, url: str, tmp_path: Path) -> None:
    kept = tmp_path / "history.jsonl"
    result = run(fault, Scene(tmp_path, url, SEED, postgres=own), fault.short_rounds, kept)
    assert [str(violation) for violation in result.violations] == []
    assert result.failures == [], _first_exception(kept.with_suffix(".log"))
    assert result.shown == result.expected
    for kind in (history.ACK, history.RESPONSE, history.SYNC):
        assert result.counts[kind] > 0, kind


def _first_exception(log: Path) -> str:
    """What the servers logged around their first exception, for whoever reads that the test has failed."""
    before, _, trace = log.read_text().partition("Traceback")
    return f"{before[-500:]}Traceback{trace[:3_000]}"


def test_the_page_has_one_row_for_each_fault_that_of_its_last_run(tmp_path: Path) -> None:
    path = tmp_path / "reliability.md"
    path.write_text(f"before\n{reliability_page.BEGIN}{reliability_page.END}\nafter\n")
    first, second = FAULTS[:2]
    for fault, rounds in ((first, 1), (second, 2), (first, 3)):
        reliability_page.write_result(_result(fault, rounds), path)
    text = path.read_text()
    assert text.startswith(f"before\n{reliability_page.BEGIN}{reliability_page.HEAD}| {first.name} | {first.how} | 3 |")
    assert text.count("\n| ") == 4
    assert "no violation; back after 1.5 s (median), 2.0 s at most; 7 of 7 messages reached their devices" in text
    assert text.endswith(f"{reliability_page.END}\nafter\n")


def _result(fault: Fault, rounds: int) -> Result:
    times = {"back": [1.0, 2.0]}
    return Result(fault, rounds, 60.0, history.History().counts(), 3, 7, 7, times, [], [])
