"""The fan-out sends each change once and in order, in whatever order the notices arrive."""

from contextlib import nullcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.actions.change_log import Change, DetailsChange, Position
from chatapp.actions.group_details import Details
from chatapp.journal import StoredMessage
from chatapp.realtime import fan_out as module
from chatapp.realtime.fan_out import FanOut

STORED = 12
START = st.integers(0, STORED)

LUNCH = Details("Lunch", "", "", True, False, "everybody", "everybody", 0, 0)


def _message(sequence: int, conversation_id: int = 1) -> StoredMessage:
    return StoredMessage(conversation_id, sequence, 1, "alice", "bob", False, f"{sequence}", None, 0, sequence)


class FanOutHarness:
    """A fan-out with a fake database that holds the changes up to `stored` and returns at most three a page."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stored = 0
        self.sent: list[tuple[int, int]] = []
        self.arrived: set[str] = set()
        self.details: set[int] = set()
        """Revisions that are not messages."""
        self.changed_again: set[int] = set()
        """Revisions without a row, because the row was changed again."""
        self.fan_out = FanOut(
            nullcontext,
            lambda conversation_id, change: self.sent.append((conversation_id, change.revision)),
            lambda usernames: not self.arrived.isdisjoint(usernames),
        )
        monkeypatch.setattr(module, "changes_between", self._read)

    def start_after(self, conversation_id: int, revision: int, **options: bool) -> int:
        return self.fan_out.start_after(conversation_id, Position(revision, revision), **options)

    def _read(self, conversation_id: int, after: Position, last: int) -> tuple[list[Change], Position]:
        revisions = range(after.revision + 1, min(last, self.stored) + 1)
        found = [self._change(conversation_id, one) for one in revisions if one not in self.changed_again][:3]
        reached = found[-1].revision if len(found) == 3 else last
        return found, Position(reached, reached)

    def _change(self, conversation_id: int, revision: int) -> Change:
        return DetailsChange(revision, LUNCH, None) if revision in self.details else _message(revision, conversation_id)


notices = st.lists(
    st.one_of(
        st.tuples(st.just("message"), st.integers(1, STORED)),
        st.tuples(st.just("notice"), st.integers(1, STORED), st.integers(0, 4)),
        st.tuples(st.just("start"), st.integers(0, STORED)),
    ),
    max_size=25,
)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(start=START, notices=notices)
def test_each_message_is_sent_once_and_in_order_for_any_sequence_of_notices(
    start: int, notices: list[tuple[object, ...]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        harness = FanOutHarness(patch)
        harness.start_after(1, start)
        highest = start
        for kind, number, *more in notices:
            assert isinstance(number, int)
            if kind == "start":
                harness.start_after(1, number)
                continue
            last = number if kind == "message" else min(STORED, number + int(str(more[0])))
            # A notice is sent only after the commit.
            harness.stored = max(harness.stored, last)
            highest = max(highest, last)
            if kind == "message":
                harness.fan_out.send_message(_message(number))
            else:
                harness.fan_out.send_changes(1, number, last)
            assert harness.sent == [(1, one) for one in range(start + 1, highest + 1)]


def test_an_unknown_conversation_is_sent_from_its_first_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    harness = FanOutHarness(monkeypatch)
    harness.stored = 9
    harness.fan_out.send_changes(1, 7, 8)
    harness.fan_out.send_message(_message(9))
    assert harness.sent == [(1, 7), (1, 8), (1, 9)]


def test_the_positions_of_two_conversations_are_independent(monkeypatch: pytest.MonkeyPatch) -> None:
    harness = FanOutHarness(monkeypatch)
    harness.stored = 5
    harness.start_after(1, 2)
    harness.start_after(2, 4)
    harness.fan_out.send_changes(2, 5, 5)
    harness.fan_out.send_message(_message(5))
    assert harness.sent == [(2, 5), (1, 3), (1, 4), (1, 5)]


def test_only_the_newest_positions_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_CONVERSATIONS", 2)
    harness = FanOutHarness(monkeypatch)
    harness.stored = 9
    for number in (1, 2, 3):
        harness.start_after(number, 4)
    harness.fan_out.send_changes(1, 8, 9)
    harness.fan_out.send_changes(3, 8, 9)
    assert harness.sent == [(1, 8), (1, 9), *((3, one) for one in range(5, 10))]


def test_hosting_returns_the_sequence_that_was_already_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message may be sent after the query for the last sequence and before the connection enters the room."""
    harness = FanOutHarness(monkeypatch)
    harness.stored = 6
    assert harness.start_after(1, 5) == 5
    harness.fan_out.send_message(_message(6))
    assert harness.start_after(1, 5) == 6
    assert harness.start_after(1, 9) == 9


def test_a_conversation_that_began_while_others_were_connected_is_sent_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message is committed, so a new connection finds it, but it has not been sent to the others yet."""
    harness = FanOutHarness(monkeypatch)
    harness.stored = 2
    assert harness.start_after(1, 2, is_other_connected=True) == 2
    harness.fan_out.send_message(_message(1))
    harness.fan_out.send_message(_message(2))
    assert harness.start_after(1, 1, is_other_connected=True) == 2
    harness.fan_out.send_message(_message(2))
    assert harness.sent == [(1, 1), (1, 2)]


PAIR = ("alice", "bob")


@pytest.mark.parametrize("arrived", PAIR)
@pytest.mark.parametrize("first_notice", ["message", "notice"])
def test_a_conversation_that_began_after_a_user_connected_is_sent_from_its_first_message(
    monkeypatch: pytest.MonkeyPatch, arrived: str, first_notice: str
) -> None:
    """When two users write to each other through two processes, the notice of the second message may come first."""
    harness = FanOutHarness(monkeypatch)
    harness.stored = 3
    harness.arrived.add(arrived)
    if first_notice == "message":
        harness.fan_out.send_message(_message(2))
    else:
        harness.fan_out.send_changes(1, 2, 2, PAIR)
    harness.fan_out.send_changes(1, 1, 1, PAIR)
    harness.fan_out.send_message(_message(3))
    assert harness.sent == [(1, 1), (1, 2), (1, 3)]


@pytest.mark.parametrize("why", ["nobody arrived", "others arrived", "a group", "it is long"])
def test_a_conversation_that_may_be_old_is_sent_from_its_first_notice(
    monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    harness = FanOutHarness(monkeypatch)
    first = module.FIRST_CHANGES + 1 if why == "it is long" else module.FIRST_CHANGES
    harness.stored = first
    if why != "nobody arrived":
        harness.arrived.add("carol" if why == "others arrived" else "alice")
    harness.fan_out.send_changes(1, first, first, () if why == "a group" else PAIR)
    assert harness.sent == [(1, first)]


def test_a_conversation_dropped_because_of_its_age_is_not_treated_as_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_CONVERSATIONS", 2)
    harness = FanOutHarness(monkeypatch)
    harness.stored = 9
    harness.arrived.add("alice")
    for number in (5, 1, 2, 3):
        harness.start_after(number, 9)
    for number in (1, 5, 6):
        harness.fan_out.send_changes(number, 2, 2, PAIR)
    assert harness.sent == [(1, 2), (5, 2), (6, 1), (6, 2)]


def test_a_conversation_is_kept_when_a_user_connects_during_forgetting(monkeypatch: pytest.MonkeyPatch) -> None:
    harness = FanOutHarness(monkeypatch)
    harness.stored = 9
    harness.start_after(1, 4)
    harness.fan_out.forget(1, unless=lambda: True)
    harness.fan_out.send_changes(1, 6, 6)
    harness.fan_out.forget(1, unless=lambda: False)
    harness.fan_out.send_changes(1, 9, 9)
    assert harness.sent == [(1, 5), (1, 6), (1, 9)]


def test_changes_other_than_messages_are_sent_in_order_of_their_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    harness = FanOutHarness(monkeypatch)
    harness.stored, harness.details = 3, {2}
    harness.start_after(1, 0)
    harness.fan_out.send_message(_message(3))
    harness.fan_out.send_changes(1, 2, 2)
    assert harness.sent == [(1, 1), (1, 2), (1, 3)]


def test_a_superseded_revision_does_not_delay_later_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    harness = FanOutHarness(monkeypatch)
    harness.stored, harness.details, harness.changed_again = 5, {2, 4}, {2}
    harness.start_after(1, 1)
    harness.fan_out.send_changes(1, 2, 2)
    assert harness.sent == []
    harness.fan_out.send_message(_message(3))
    harness.fan_out.send_changes(1, 4, 4)
    harness.fan_out.send_message(_message(5))
    assert harness.sent == [(1, 3), (1, 4), (1, 5)]
