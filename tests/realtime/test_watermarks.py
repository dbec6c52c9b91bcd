"""The arithmetic of delivery, compared with a model that recomputes everything."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chatapp.actions.stored_watermarks import Member
from chatapp.realtime.watermarks import Watermarks

MEMBERS = 4

marks = st.lists(st.integers(0, 8), min_size=1, max_size=MEMBERS)


def _watermarks(delivered: list[int], last_sequence: int = 0) -> Watermarks:
    members = [Member(number, f"user{number}", mark, 0) for number, mark in enumerate(delivered)]
    return Watermarks.of(1, True, last_sequence, members)


def _is_delivered(delivered: dict[int, int], sender: int, sequence: int) -> bool:
    return all(mark >= sequence for user, mark in delivered.items() if user != sender)


@given(marks, st.lists(st.tuples(st.integers(0, MEMBERS), st.integers(0, 9)), max_size=20))
def test_a_message_is_delivered_when_the_lowest_other_watermark_has_reached_it(
    delivered: list[int], rises: list[tuple[int, int]]
) -> None:
    watermarks = _watermarks(delivered)
    model = dict(enumerate(delivered))
    for user, sequence in rises:
        before = model.get(user)
        did_rise = before is not None and sequence > before
        assert watermarks.raise_delivered(user, sequence) == (before if did_rise else None)
        if did_rise:
            model[user] = sequence
        for sender in range(MEMBERS + 1):
            for number in range(1, 10):
                assert watermarks.is_delivered(sender, number) == _is_delivered(model, sender, number)
                assert watermarks.snapshot().is_delivered(sender, number) == _is_delivered(model, sender, number)
                missing = {one for one, mark in model.items() if mark < number and one != sender}
                assert watermarks.missing(sender, number) == missing


@given(marks, st.lists(st.tuples(st.integers(0, MEMBERS), st.integers(0, 9)), max_size=20))
def test_the_read_watermark_never_falls(delivered: list[int], rises: list[tuple[int, int]]) -> None:
    watermarks = _watermarks(delivered)
    model = dict.fromkeys(range(len(delivered)), 0)
    for user, sequence in rises:
        assert watermarks.raise_read(user, sequence) == (user in model and sequence > model[user])
        if user in model:
            model[user] = max(model[user], sequence)
        assert watermarks.read == model


class WatermarkMachine(RuleBasedStateMachine):
    """Messages are sent and confirmed in any order. Each is reported as delivered exactly once."""

    @initialize(members=st.integers(1, MEMBERS))
    def begin(self, members: int) -> None:
        self.watermarks = _watermarks([0] * members)
        self.senders: dict[int, int] = {}
        self.reported: set[int] = set()

    @rule(sender=st.integers(0, MEMBERS - 1))
    def say(self, sender: int) -> None:
        sender %= len(self.watermarks.delivered)
        sequence = len(self.senders) + 1
        self.senders[sequence] = sender
        if self.watermarks.is_delivered(sender, sequence):
            self.reported.add(sequence)
        else:
            self.watermarks.watch(sender, sequence)

    @rule(user=st.integers(0, MEMBERS - 1), back=st.integers(0, 6))
    def confirm(self, user: int, back: int) -> None:
        user %= len(self.watermarks.delivered)
        sequence = max(0, len(self.senders) - back)
        before = self.watermarks.raise_delivered(user, sequence)
        if before is not None:
            found = self.watermarks.take_delivered() if self.watermarks.may_have_completed(before) else []
            assert not self.reported & set(found), "No message is reported twice"
            self.reported |= set(found)

    @invariant()
    def everything_delivered_was_reported(self) -> None:
        delivered = {
            sequence
            for sequence, sender in self.senders.items()
            if _is_delivered(self.watermarks.delivered, sender, sequence)
        }
        assert self.reported == delivered


TestWatermarkMachine = WatermarkMachine.TestCase
TestWatermarkMachine.settings = settings(max_examples=100, stateful_step_count=25, deadline=None, derandomize=True)
