"""Watermarks in the journal: they only rise, many notes become one write, and flush_watermarks() waits for them."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from chatapp.journal.drafts import Watermark
from chatapp.notices import WatermarkRaised
from tests.actions.conftest import PATIENCE_SECONDS, Desk


def test_watermarks_never_fall(desk: Desk) -> None:
    group = int(desk.group("alice", "bob"))
    steps = [(3, 2, (3, 2)), (1, 1, (3, 2)), (2, 5, (3, 5)), (0, 0, (3, 5)), (4, 1, (4, 5))]
    for delivered, read, expected in steps:
        desk.note(group, desk.ids["bob"], delivered=delivered, read=read)
        desk.journal.flush_watermarks()
        assert desk.marks(group, "bob") == expected


def test_another_process_cannot_lower_them(desk: Desk, url: str, open_desk: Callable[[str], Desk]) -> None:
    other, group = open_desk(url), int(desk.group("alice", "bob"))
    for process, number in ((desk, 9), (other, 4)):
        process.note(group, desk.ids["bob"], delivered=number, read=number)
        process.journal.flush_watermarks()
    assert desk.marks(group, "bob") == (9, 9)


def test_many_notes_are_a_few_writes(desk: Desk) -> None:
    group = int(desk.group("alice", "bob"))
    notices: list[Any] = []
    desk.journal.listen(lambda _messages, told: notices.extend(one for one in told if isinstance(one, WatermarkRaised)))
    for number in range(1, 2_001):
        desk.note(group, desk.ids["bob"], delivered=number, read=number - 1)
    desk.journal.flush_watermarks()
    assert desk.marks(group, "bob") == (2_000, 1_999)
    # One at once, one for each tenth of a second that the loop took, and one at the end.
    assert len(notices) < 50
    assert [one.delivered for one in notices] == sorted(one.delivered for one in notices)
    assert notices[-1].delivered == 2_000


def test_members_do_not_share_theirs(desk: Desk) -> None:
    group = int(desk.group("alice", "bob", "carol"))
    for name, number in (("alice", 1), ("bob", 2), ("carol", 3)):
        desk.note(group, desk.ids[name], delivered=number)
    desk.journal.flush_watermarks()
    assert [desk.marks(group, name) for name in ("alice", "bob", "carol")] == [(1, 0), (2, 0), (3, 0)]


def test_settle_waits_for_every_note_before_it(desk: Desk) -> None:
    group = int(desk.group("alice", "bob"))
    for number in range(1, 31):
        desk.note(group, desk.ids["bob"], read=number)
        desk.journal.flush_watermarks()
        assert desk.marks(group, "bob") == (0, number)


def test_settle_waits_for_notes_that_are_just_being_taken(desk: Desk) -> None:
    group, is_taking, may_go_on = int(desk.group("alice", "bob")), threading.Event(), threading.Event()

    def slowly() -> dict[tuple[int, int], Watermark]:
        is_taking.set()
        may_go_on.wait(PATIENCE_SECONDS)
        return {(group, desk.ids["bob"]): Watermark(5)}

    def settle_and_read() -> tuple[int, int]:
        desk.journal.flush_watermarks()
        return desk.marks(group, "bob")

    desk.journal.set_watermark_source(slowly)
    desk.journal.schedule_watermarks()
    assert is_taking.wait(PATIENCE_SECONDS)
    with ThreadPoolExecutor(1) as pool:
        seen = pool.submit(settle_and_read)
        wait([seen], timeout=0.2)
        may_go_on.set()
        assert seen.result(PATIENCE_SECONDS) == (5, 0)


def test_settle_is_free_when_nothing_was_noted(desk: Desk) -> None:
    group = int(desk.group("alice"))
    desk.journal.flush_watermarks()
    written: list[int] = []
    desk.journal.listen(lambda _messages, _notices: written.append(1))
    desk.journal.flush_watermarks()
    desk.journal.write(lambda _one: None)
    assert written == [1], "only the write itself was a transaction"
    assert desk.marks(group, "alice") == (0, 0)


def test_a_watermark_of_nobody_harms_nothing(desk: Desk) -> None:
    group = int(desk.group("alice"))
    desk.note(group, 999_999, delivered=5)
    desk.note(999_999, desk.ids["alice"], delivered=5)
    desk.note(group, desk.ids["alice"], delivered=5)
    desk.journal.flush_watermarks()
    assert desk.marks(group, "alice") == (5, 0)


def test_what_was_noted_when_it_closes_is_written(desk: Desk, url: str, open_desk: Callable[[str], Desk]) -> None:
    group = int(desk.group("alice", "bob"))
    for number in range(1, 11):
        desk.note(group, desk.ids["bob"], delivered=number)
    desk.journal.close()
    assert open_desk(url).marks(group, "bob") == (10, 0)
