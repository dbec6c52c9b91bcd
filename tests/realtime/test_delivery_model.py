"""For any order of messages, confirmations, disconnects and ack windows, each sender learns of each delivery once."""

import tempfile
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chatapp.actions.stored_watermarks import Member
from chatapp.journal import StoredMessage
from chatapp.journal.told_watermarks import ToldWatermarks
from chatapp.realtime import delivery as module
from chatapp.realtime import late_ticks
from chatapp.realtime.delivery import Delivery
from chatapp.realtime.engine.deferred_ack import DeferredAck

MEMBERS = 3
CONVERSATION = 1

people = st.integers(0, MEMBERS - 1)


class FakeJournal:
    """Accepts watermarks and stores nothing."""

    def set_watermark_source(self, _source: Any, _written: Any) -> None:
        pass

    def schedule_watermarks(self) -> None:
        pass


class DeliveryMachine(RuleBasedStateMachine):
    """A group of MEMBERS who are all online at first. The test ends the ack windows."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.now = 0.0
        self.stored: list[StoredMessage] = []
        self.online = set(range(MEMBERS))
        self.confirmed = dict.fromkeys(range(MEMBERS), 0)
        self.acks: dict[int, list[bool]] = {}
        self.told: list[tuple[int, str]] = []
        self.folder = tempfile.TemporaryDirectory()
        self.kept = ToldWatermarks(self.folder.name, "", 0)

    @initialize()
    def begin(self) -> None:
        self.patch.setattr(module, "members_with_watermarks", self._members)
        self.patch.setattr(late_ticks, "messages_between", lambda _, after, last: self.stored[after:last])
        self.patch.setattr(module, "monotonic", lambda: self.now)
        ticks = late_ticks.LateTicks(
            nullcontext,
            lambda user_id: user_id in self.online,
            lambda message, sender: self.told.append((message["sequence"], sender)),
            lambda run: run(),
        )
        self.delivery = Delivery(
            FakeJournal(),  # type: ignore[arg-type]
            nullcontext,
            1.0,
            lambda user_id: user_id in self.online,
            ticks,
            lambda _watermarks, _user_id, _is_delivered: None,
            self.kept,
        )

    @rule(sender=people, is_awaited=st.booleans(), repeats=st.integers(0, 2))
    def say(self, sender: int, is_awaited: bool, repeats: int) -> None:
        if sender not in self.online:
            return
        sequence = len(self.stored) + 1
        one = StoredMessage(
            CONVERSATION, sequence, sender, f"user{sender}", "1", True, "hi", None, 0, sequence, is_awaited=is_awaited
        )
        self.stored.append(one)
        self.delivery.track(one)
        self.acks[sequence] = []
        for _ in range(1 + repeats if is_awaited else 0):
            reply = DeferredAck()
            self.delivery.resolve_ack(one, reply)
            reply.when_set(lambda ack: self.acks[sequence].append(ack["response"]["deliveredToAll"]))

    @rule(user=people, back=st.integers(0, 4))
    def confirm(self, user: int, back: int) -> None:
        sequence = len(self.stored) - back
        if user in self.online and sequence > 0:
            self.confirmed[user] = max(self.confirmed[user], sequence)
            self.delivery.confirm(CONVERSATION, user, sequence)

    @rule(user=people)
    def leave(self, user: int) -> None:
        """Only members who sent nothing leave. An offline sender gets no update and reads the state in the history."""
        if user not in {one.sender_id for one in self.stored}:
            self.online.discard(user)
            self.delivery.went_offline(user)

    @rule(user=people)
    def return_and_catch_up(self, user: int) -> None:
        if user not in self.online:
            self.online.add(user)
            self.confirm(user, 0)

    @rule()
    def end_windows(self) -> None:
        self.now += 2.0
        self.delivery.expire()
        assert not self.delivery.is_waiting()
        for one in self.stored:
            assert self.acks[one.sequence] or not one.is_awaited, "Every message has been acked"

    @invariant()
    def each_delivery_is_reported_once(self) -> None:
        for one in self.stored:
            is_delivered = all(mark >= one.sequence for user, mark in self.confirmed.items() if user != one.sender_id)
            acks, told = self.acks[one.sequence], self.told.count((one.sequence, one.sender))
            assert len(set(acks)) <= 1, "A retry gets the same ack"
            if not is_delivered:
                assert (set(acks) <= {False}, told) == (True, 0)
            elif acks == [] and one.is_awaited:
                assert told == 0, "The ack reports the delivery"
            elif True in acks:
                assert told == 0
            else:
                assert told == 1

    def teardown(self) -> None:
        self.patch.undo()
        self.kept.close()
        self.folder.cleanup()

    def _members(self, _conversation_id: int) -> tuple[bool, int, list[Member]]:
        members = [Member(number, f"user{number}", self.confirmed[number], 0) for number in range(MEMBERS)]
        return True, len(self.stored), members


TestDeliveryMachine = DeliveryMachine.TestCase
TestDeliveryMachine.settings = settings(max_examples=150, stateful_step_count=25, deadline=None, derandomize=True)
