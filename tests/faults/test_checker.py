"""The checker finds nothing in a history of which nothing is wrong, and each kind of fault that is put into it."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults import history, violations
from tests.faults.checker import check
from tests.faults.history import History, read_entries
from tests.faults.stored import Row
from tests.faults.story import GROUP, PEOPLE, PRIVATE, Story, shape


@pytest.fixture
def story() -> Story:
    """Three messages in the group and two private ones, read, with receipts, a page, and a second connection."""
    told = Story()
    for name in PEOPLE:
        told.connect(name)
    for sender, place in (("alice", GROUP), ("bob", GROUP), ("alice", PRIVATE), ("alice", GROUP), ("bob", PRIVATE)):
        told.say(sender, place)
    told.read("bob", GROUP)
    told.receipt("alice", "bob", GROUP)
    told.receipt("bob", "alice", PRIVATE)
    told.load("alice", GROUP)
    told.connect("bob", line=2)
    group = {"receiver": str(GROUP), "group": True, "changes": [], "members": [told.mark("alice", GROUP)]}
    told.add("bob", history.SYNC, {"conversations": [group]}, ago=0.5, line=2)
    return told


def test_nothing_is_found_in_a_valid_history(story: Story) -> None:
    assert check(story.entries, story.stored) == []


def test_a_history_is_the_same_after_it_was_written_to_a_file(story: Story, tmp_path: Path) -> None:
    History(story.entries).write(tmp_path / "history.jsonl")
    assert read_entries(tmp_path / "history.jsonl") == story.entries


def test_an_answer_may_be_a_little_older_than_an_event_of_an_open_connection(story: Story) -> None:
    story.say("alice", PRIVATE)
    mark = {**story.mark("bob", PRIVATE), "deliveredSequence": 2}
    private = {"receiver": "bob", "group": False, "changes": [], "members": [mark]}
    story.add("alice", history.SYNC, {"conversations": [private]}, ago=0.5)
    assert check(story.entries, story.stored) == []
    story.entries[-1] = replace(story.entries[-1], at=99.5, asked_at=99.0)
    assert {violation.name for violation in check(story.entries, story.stored)} == {violations.WATERMARK_FELL}


def lose_an_acked_row(story: Story) -> None:
    story.stored.rows.pop()
    story.stored.last_sequences[PRIVATE] -= 1


def number_an_acked_row_otherwise(story: Story) -> None:
    index = story.index("alice", history.ACK)
    acked = deepcopy(story.entries[index].data)
    acked["response"] |= {"messageId": "1-2", "sequence": 2}
    story.change(index, data=acked)


def leave_a_message_unacked(story: Story) -> None:
    story.entries.pop(story.index("bob", history.ACK, 1))


def double_a_row(story: Story) -> None:
    story.stored.last_sequences[PRIVATE] = 3
    story.stored.rows.append(replace(story.stored.rows[2], sequence=3))


def store_what_nobody_sent(story: Story) -> None:
    story.stored.last_sequences[PRIVATE] = 3
    story.stored.rows.append(Row(PRIVATE, 3, "bob", "never said", "of nothing"))


def store_in_another_conversation(story: Story) -> None:
    index = story.index("bob", history.ATTEMPT, 1)
    story.change(index, data={**story.entries[index].data, "receiver": "mallory"})


def leave_a_gap_in_the_rows(story: Story) -> None:
    story.stored.rows[1] = replace(story.stored.rows[1], sequence=7)


def count_a_conversation_too_far(story: Story) -> None:
    story.stored.last_sequences[GROUP] = 4


def show_another_text(story: Story) -> None:
    index = story.index("bob", history.RESPONSE, 2)
    shown = {**story.entries[index].data["response"], "content": "other words"}
    story.change(index, data={"response": shown})


def show_an_outsider_a_message(story: Story) -> None:
    story.add("mallory", history.RESPONSE, {"response": shape(story.stored.rows[0])})


def show_an_outsider_a_receipt(story: Story) -> None:
    story.receipt("mallory", "alice", GROUP)


def show_an_outsider_a_page(story: Story) -> None:
    story.load("mallory", GROUP)


def send_an_event_twice(story: Story) -> None:
    index = story.index("bob", history.RESPONSE, 3)
    story.entries.insert(index, story.entries[index])


def swap_two_events(story: Story) -> None:
    first, second = story.index("bob", history.RESPONSE, 0), story.index("bob", history.RESPONSE, 1)
    data = story.entries[first].data, story.entries[second].data
    story.change(first, data=data[1])
    story.change(second, data=data[0])


def swap_two_messages_of_a_page(story: Story) -> None:
    story.entries[story.index("alice", history.LOADED)].data["messages"].reverse()


def leave_an_event_out_that_a_page_makes_up_for(story: Story) -> None:
    left_out = story.entries.pop(story.index("bob", history.RESPONSE, 1))
    place = {"receiver": str(GROUP), "group": True}
    story.add("bob", history.CAUGHT_UP, {**place, "messages": [left_out.data["response"]]}, ago=0.5)


def leave_a_hole_in_a_page(story: Story) -> None:
    story.entries[story.index("alice", history.LOADED)].data["messages"].pop(1)


def lose_the_last_event(story: Story) -> None:
    story.entries.pop(story.index("bob", history.RESPONSE, 4))


def sign_somebody_out(story: Story) -> None:
    story.add("bob", history.SIGNED_OUT, {"response": "Your session has expired."})


def refuse_a_session(story: Story) -> None:
    story.add("bob", history.REFUSED, {"clientId": "of message 0", "code": "not_signed_in"}, ago=0.5)


def lower_a_watermark_in_a_sync(story: Story) -> None:
    mark = story.entries[story.index("bob", history.SYNC)].data["conversations"][0]["members"][0]
    mark["deliveredSequence"] = 1


def lower_a_watermark_right_after_a_connection_ended(story: Story) -> None:
    story.say("alice", PRIVATE)
    story.receipt("alice", "bob", PRIVATE)
    story.add("alice", history.DISCONNECTED)
    mark = {**story.mark("bob", PRIVATE), "deliveredSequence": 2}
    private = {"receiver": "bob", "group": False, "changes": [], "members": [mark]}
    story.add("alice", history.SYNC, {"conversations": [private]}, ago=0.5, line=2)


def lower_a_watermark_in_a_receipt(story: Story) -> None:
    story.receipt("alice", "bob", GROUP).data["readSequence"] = 1


def lower_a_stored_watermark(story: Story) -> None:
    story.stored.members[GROUP]["bob"] = (2, 3)


def lose_a_stored_read_watermark(story: Story) -> None:
    story.stored.members[GROUP]["bob"] = (3, 2)


def lose_a_confirmation(story: Story) -> None:
    story.entries.pop(story.index("bob", history.CONFIRMED, 2))


def store_a_watermark_too_far(story: Story) -> None:
    story.stored.members[PRIVATE]["alice"] = (3, 2)


def tell_that_a_message_was_read(story: Story) -> None:
    story.receipt("alice", "bob", PRIVATE).data["readSequence"] = 3


def show_a_message_without_its_tick(story: Story) -> None:
    story.load("alice", GROUP).data["messages"][0]["deliveredToAll"] = False


def show_a_repeated_ack_without_its_tick(story: Story) -> None:
    ack = deepcopy(story.entries[story.index("alice", history.ACK)])
    ack.data["response"]["deliveredToAll"] = False
    story.add("alice", history.ACK, ack.data, ago=0.5)


SEEDED: list[tuple[Callable[[Story], None], str]] = [
    (lose_an_acked_row, violations.NOT_STORED),
    (number_an_acked_row_otherwise, violations.ACKED_OTHERWISE),
    (leave_a_message_unacked, violations.NEVER_ACKED),
    (double_a_row, violations.STORED_TWICE),
    (store_what_nobody_sent, violations.NOT_SENT),
    (store_in_another_conversation, violations.NOT_SENT),
    (leave_a_gap_in_the_rows, violations.STORED_WITH_GAP),
    (count_a_conversation_too_far, violations.STORED_WITH_GAP),
    (show_another_text, violations.SHOWN_OTHERWISE),
    (show_an_outsider_a_message, violations.SHOWN_TO_OUTSIDER),
    (show_an_outsider_a_receipt, violations.SHOWN_TO_OUTSIDER),
    (show_an_outsider_a_page, violations.SHOWN_TO_OUTSIDER),
    (send_an_event_twice, violations.RECEIVED_TWICE),
    (swap_two_events, violations.RECEIVED_OUT_OF_ORDER),
    (swap_two_messages_of_a_page, violations.RECEIVED_OUT_OF_ORDER),
    (leave_an_event_out_that_a_page_makes_up_for, violations.RECEIVED_WITH_GAP),
    (leave_a_hole_in_a_page, violations.RECEIVED_WITH_GAP),
    (lose_the_last_event, violations.MISSING),
    (sign_somebody_out, violations.SIGNED_OUT),
    (refuse_a_session, violations.SIGNED_OUT),
    (lower_a_watermark_in_a_sync, violations.WATERMARK_FELL),
    (lower_a_watermark_right_after_a_connection_ended, violations.WATERMARK_FELL),
    (lower_a_watermark_in_a_receipt, violations.WATERMARK_FELL),
    (lower_a_stored_watermark, violations.WATERMARK_FELL),
    (lose_a_stored_read_watermark, violations.WATERMARK_FELL),
    (lose_a_confirmation, violations.DELIVERED_TOO_FAR),
    (store_a_watermark_too_far, violations.DELIVERED_TOO_FAR),
    (tell_that_a_message_was_read, violations.READ_TOO_FAR),
    (show_a_message_without_its_tick, violations.TICK_TAKEN_BACK),
    (show_a_repeated_ack_without_its_tick, violations.TICK_TAKEN_BACK),
]


@pytest.mark.parametrize(("seed", "name"), SEEDED, ids=[seed.__name__ for seed, _ in SEEDED])
def test_a_seeded_fault_is_found_by_its_name(story: Story, seed: Callable[[Story], None], name: str) -> None:
    seed(story)
    assert name in {violation.name for violation in check(story.entries, story.stored)}


def test_every_kind_of_violation_has_a_seeded_fault() -> None:
    names = {value for key, value in vars(violations).items() if key.isupper()}
    assert names == {name for _, name in SEEDED}
