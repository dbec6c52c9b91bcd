"""Watermarks in the journal: they only rise, many changes become one write, and settle() waits for them."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from chatapp.journal.drafts import Watermark
from chatapp.notices import WatermarkRaised
from tests.actions.conftest import PATIENCE_SECONDS, JournalHarness


def test_watermarks_never_fall(harness: JournalHarness) -> None:
    group = int(harness.group("alice", "bob"))
    steps = [(3, 2, (3, 2)), (1, 1, (3, 2)), (2, 5, (3, 5)), (0, 0, (3, 5)), (4, 1, (4, 5))]
    for delivered, read, expected in steps:
        harness.raise_watermarks(group, harness.ids["bob"], delivered=delivered, read=read)
        harness.journal.flush_watermarks()
        assert harness.marks(group, "bob") == expected


def test_another_process_cannot_lower_watermarks(
    harness: JournalHarness, url: str, open_harness: Callable[[str], JournalHarness]
) -> None:
    other, group = open_harness(url), int(harness.group("alice", "bob"))
    for process, number in ((harness, 9), (other, 4)):
        process.raise_watermarks(group, harness.ids["bob"], delivered=number, read=number)
        process.journal.flush_watermarks()
    assert harness.marks(group, "bob") == (9, 9)


def test_many_raised_watermarks_are_combined_into_few_writes(harness: JournalHarness) -> None:
    group = int(harness.group("alice", "bob"))
    notices: list[Any] = []
    harness.journal.listen(
        lambda _messages, told: notices.extend(one for one in told if isinstance(one, WatermarkRaised))
    )
    for number in range(1, 2_001):
        harness.raise_watermarks(group, harness.ids["bob"], delivered=number, read=number - 1)
    harness.journal.flush_watermarks()
    assert harness.marks(group, "bob") == (2_000, 1_999)
    # One write at once, one for each tenth of a second that the loop took, and one at the end.
    assert len(notices) < 50
    assert [one.delivered for one in notices] == sorted(one.delivered for one in notices)
    assert notices[-1].delivered == 2_000


def test_members_have_separate_watermarks(harness: JournalHarness) -> None:
    group = int(harness.group("alice", "bob", "carol"))
    for name, number in (("alice", 1), ("bob", 2), ("carol", 3)):
        harness.raise_watermarks(group, harness.ids[name], delivered=number)
    harness.journal.flush_watermarks()
    assert [harness.marks(group, name) for name in ("alice", "bob", "carol")] == [(1, 0), (2, 0), (3, 0)]


def test_a_flush_waits_for_all_earlier_watermarks(harness: JournalHarness) -> None:
    group = int(harness.group("alice", "bob"))
    for number in range(1, 31):
        harness.raise_watermarks(group, harness.ids["bob"], read=number)
        harness.journal.flush_watermarks()
        assert harness.marks(group, "bob") == (0, number)


def test_a_flush_waits_for_watermarks_that_are_being_collected(harness: JournalHarness) -> None:
    group, is_taking, may_go_on = int(harness.group("alice", "bob")), threading.Event(), threading.Event()

    def slowly() -> dict[tuple[int, int], Watermark]:
        is_taking.set()
        may_go_on.wait(PATIENCE_SECONDS)
        return {(group, harness.ids["bob"]): Watermark(5)}

    def settle_and_read() -> tuple[int, int]:
        harness.journal.flush_watermarks()
        return harness.marks(group, "bob")

    harness.journal.set_watermark_source(slowly)
    harness.journal.schedule_watermarks()
    assert is_taking.wait(PATIENCE_SECONDS)
    with ThreadPoolExecutor(1) as pool:
        seen = pool.submit(settle_and_read)
        wait([seen], timeout=0.2)
        may_go_on.set()
        assert seen.result(PATIENCE_SECONDS) == (5, 0)


def test_a_flush_without_watermarks_runs_no_transaction(harness: JournalHarness) -> None:
    group = int(harness.group("alice"))
    harness.journal.flush_watermarks()
    written: list[int] = []
    harness.journal.listen(lambda _messages, _notices: written.append(1))
    harness.journal.flush_watermarks()
    harness.journal.write(lambda _one: None)
    assert written == [1], "only the write itself was a transaction"
    assert harness.marks(group, "alice") == (0, 0)


def test_a_watermark_of_an_unknown_user_or_conversation_is_ignored(harness: JournalHarness) -> None:
    group = int(harness.group("alice"))
    harness.raise_watermarks(group, 999_999, delivered=5)
    harness.raise_watermarks(999_999, harness.ids["alice"], delivered=5)
    harness.raise_watermarks(group, harness.ids["alice"], delivered=5)
    harness.journal.flush_watermarks()
    assert harness.marks(group, "alice") == (5, 0)


def test_closing_the_journal_writes_raised_watermarks(
    harness: JournalHarness, url: str, open_harness: Callable[[str], JournalHarness]
) -> None:
    group = int(harness.group("alice", "bob"))
    for number in range(1, 11):
        harness.raise_watermarks(group, harness.ids["bob"], delivered=number)
    harness.journal.close()
    assert open_harness(url).marks(group, "bob") == (10, 0)
