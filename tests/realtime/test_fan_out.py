"""The fan-out sends each change once and in order, however the notices arrive."""

from contextlib import nullcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.actions.change_log import Change, DetailsChange, Position
from chatapp.journal import StoredMessage
from chatapp.realtime import fan_out as module
from chatapp.realtime.fan_out import FanOut

STORED = 12
HOSTED_FROM = st.integers(0, STORED)


def _message(sequence: int, conversation_id: int = 1) -> StoredMessage:
    return StoredMessage(conversation_id, sequence, 1, "alice", "bob", False, f"{sequence}", None, 0, sequence)


class Stage:
    """A fan-out, and a database in which changes up to `stored` can be read, at most three a page."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stored = 0
        self.sent: list[tuple[int, int]] = []
        self.arrived: set[str] = set()
        self.details: set[int] = set()
        """Revisions that are no messages."""
        self.changed_again: set[int] = set()
        """Revisions that lead to no row any more."""
        self.fan_out = FanOut(
            nullcontext,
            lambda conversation_id, change: self.sent.append((conversation_id, change.revision)),
            lambda usernames: not self.arrived.isdisjoint(usernames),
        )
        monkeypatch.setattr(module, "changes_between", self._read)

    def host(self, conversation_id: int, revision: int, **options: bool) -> int:
        return self.fan_out.host(conversation_id, Position(revision, revision), **options)

    def _read(self, conversation_id: int, after: Position, last: int) -> tuple[list[Change], Position]:
        revisions = range(after.revision + 1, min(last, self.stored) + 1)
        found = [self._change(conversation_id, one) for one in revisions if one not in self.changed_again][:3]
        reached = found[-1].revision if len(found) == 3 else last
        return found, Position(reached, reached)

    def _change(self, conversation_id: int, revision: int) -> Change:
        return (
            DetailsChange(revision, "Lunch", True) if revision in self.details else _message(revision, conversation_id)
        )


hints = st.lists(
    st.one_of(
        st.tuples(st.just("stored"), st.integers(1, STORED)),
        st.tuples(st.just("notified"), st.integers(1, STORED), st.integers(0, 4)),
        st.tuples(st.just("host"), st.integers(0, STORED)),
    ),
    max_size=25,
)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(start=HOSTED_FROM, hints=hints)
def test_each_message_is_sent_once_and_in_order_whatever_the_hints(start: int, hints: list[tuple[object, ...]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        stage = Stage(patch)
        stage.host(1, start)
        highest = start
        for kind, number, *more in hints:
            assert isinstance(number, int)
            if kind == "host":
                stage.host(1, number)
                continue
            last = number if kind == "stored" else min(STORED, number + int(str(more[0])))
            # A hint speaks of what is committed.
            stage.stored = max(stage.stored, last)
            highest = max(highest, last)
            if kind == "stored":
                stage.fan_out.stored(_message(number))
            else:
                stage.fan_out.notified(1, number, last)
            assert stage.sent == [(1, one) for one in range(start + 1, highest + 1)]


def test_what_nobody_hosted_begins_with_the_first_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch)
    stage.stored = 9
    stage.fan_out.notified(1, 7, 8)
    stage.fan_out.stored(_message(9))
    assert stage.sent == [(1, 7), (1, 8), (1, 9)]


def test_conversations_do_not_disturb_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch)
    stage.stored = 5
    stage.host(1, 2)
    stage.host(2, 4)
    stage.fan_out.notified(2, 5, 5)
    stage.fan_out.stored(_message(5))
    assert stage.sent == [(2, 5), (1, 3), (1, 4), (1, 5)]


def test_only_the_newest_positions_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_CONVERSATIONS", 2)
    stage = Stage(monkeypatch)
    stage.stored = 9
    for number in (1, 2, 3):
        stage.host(number, 4)
    stage.fan_out.notified(1, 8, 9)
    stage.fan_out.notified(3, 8, 9)
    assert stage.sent == [(1, 8), (1, 9), *((3, one) for one in range(5, 10))]


def test_whoever_comes_hears_how_far_the_others_have_been_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message may be sent between the query that says where a conversation ends and the entering of its room."""
    stage = Stage(monkeypatch)
    stage.stored = 6
    assert stage.host(1, 5) == 5
    stage.fan_out.stored(_message(6))
    assert stage.host(1, 5) == 6
    assert stage.host(1, 9) == 9


def test_what_began_while_others_listened_is_sent_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is committed, so that whoever comes finds it, and nobody has been sent it."""
    stage = Stage(monkeypatch)
    stage.stored = 2
    assert stage.host(1, 2, others_listen=True) == 2
    stage.fan_out.stored(_message(1))
    stage.fan_out.stored(_message(2))
    assert stage.host(1, 1, others_listen=True) == 2
    stage.fan_out.stored(_message(2))
    assert stage.sent == [(1, 1), (1, 2)]


PAIR = ("alice", "bob")


@pytest.mark.parametrize("arrived", PAIR)
@pytest.mark.parametrize("first_hint", ["stored", "notified"])
def test_a_conversation_that_began_after_somebody_came_is_sent_from_its_beginning(
    monkeypatch: pytest.MonkeyPatch, arrived: str, first_hint: str
) -> None:
    """Two greet each other at once, on two processes: the hint of the second message may come first."""
    stage = Stage(monkeypatch)
    stage.stored = 3
    stage.arrived.add(arrived)
    if first_hint == "stored":
        stage.fan_out.stored(_message(2))
    else:
        stage.fan_out.notified(1, 2, 2, PAIR)
    stage.fan_out.notified(1, 1, 1, PAIR)
    stage.fan_out.stored(_message(3))
    assert stage.sent == [(1, 1), (1, 2), (1, 3)]


@pytest.mark.parametrize("why", ["nobody arrived", "others arrived", "a group", "it is long"])
def test_a_conversation_that_may_be_old_is_sent_from_its_first_hint(monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    stage = Stage(monkeypatch)
    first = module.FIRST_CHANGES + 1 if why == "it is long" else module.FIRST_CHANGES
    stage.stored = first
    if why != "nobody arrived":
        stage.arrived.add("carol" if why == "others arrived" else "alice")
    stage.fan_out.notified(1, first, first, () if why == "a group" else PAIR)
    assert stage.sent == [(1, first)]


def test_what_was_forgotten_for_its_age_is_not_taken_for_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_CONVERSATIONS", 2)
    stage = Stage(monkeypatch)
    stage.stored = 9
    stage.arrived.add("alice")
    for number in (5, 1, 2, 3):
        stage.host(number, 9)
    for number in (1, 5, 6):
        stage.fan_out.notified(number, 2, 2, PAIR)
    assert stage.sent == [(1, 2), (5, 2), (6, 1), (6, 2)]


def test_what_somebody_came_for_meanwhile_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch)
    stage.stored = 9
    stage.host(1, 4)
    stage.fan_out.forget(1, unless=lambda: True)
    stage.fan_out.notified(1, 6, 6)
    stage.fan_out.forget(1, unless=lambda: False)
    stage.fan_out.notified(1, 9, 9)
    assert stage.sent == [(1, 5), (1, 6), (1, 9)]


def test_changes_that_are_no_messages_are_sent_in_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch)
    stage.stored, stage.details = 3, {2}
    stage.host(1, 0)
    stage.fan_out.stored(_message(3))
    stage.fan_out.notified(1, 2, 2)
    assert stage.sent == [(1, 1), (1, 2), (1, 3)]


def test_a_revision_whose_row_was_changed_again_holds_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch)
    stage.stored, stage.details, stage.changed_again = 5, {2, 4}, {2}
    stage.host(1, 1)
    stage.fan_out.notified(1, 2, 2)
    assert stage.sent == []
    stage.fan_out.stored(_message(3))
    stage.fan_out.notified(1, 4, 4)
    stage.fan_out.stored(_message(5))
    assert stage.sent == [(1, 3), (1, 4), (1, 5)]
