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
from tests.faults.valid_history import GROUP, PEOPLE, PRIVATE, ValidHistory, shape


@pytest.fixture
def valid() -> ValidHistory:
    """Three messages in the group and two private ones, read, with receipts, a page, and a second connection."""
    told = ValidHistory()
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


def test_nothing_is_found_in_a_valid_history(valid: ValidHistory) -> None:
    assert check(valid.entries, valid.stored) == []


def test_a_history_is_the_same_after_it_was_written_to_a_file(valid: ValidHistory, tmp_path: Path) -> None:
    History(valid.entries).write(tmp_path / "history.jsonl")
    assert read_entries(tmp_path / "history.jsonl") == valid.entries


def test_an_answer_may_be_a_little_older_than_an_event_of_an_open_connection(valid: ValidHistory) -> None:
    valid.say("alice", PRIVATE)
    mark = {**valid.mark("bob", PRIVATE), "deliveredSequence": 2}
    private = {"receiver": "bob", "group": False, "changes": [], "members": [mark]}
    valid.add("alice", history.SYNC, {"conversations": [private]}, ago=0.5)
    assert check(valid.entries, valid.stored) == []
    valid.entries[-1] = replace(valid.entries[-1], at=99.5, asked_at=99.0)
    assert {violation.name for violation in check(valid.entries, valid.stored)} == {violations.WATERMARK_FELL}


def lose_an_acked_row(valid: ValidHistory) -> None:
    valid.stored.rows.pop()
    valid.stored.last_sequences[PRIVATE] -= 1


def number_an_acked_row_otherwise(valid: ValidHistory) -> None:
    index = valid.index("alice", history.ACK)
    acked = deepcopy(valid.entries[index].data)
    acked["response"] |= {"messageId": "1-2", "sequence": 2}
    valid.change(index, data=acked)


def leave_a_message_unacked(valid: ValidHistory) -> None:
    valid.entries.pop(valid.index("bob", history.ACK, 1))


def double_a_row(valid: ValidHistory) -> None:
    valid.stored.last_sequences[PRIVATE] = 3
    valid.stored.rows.append(replace(valid.stored.rows[2], sequence=3))


def store_what_nobody_sent(valid: ValidHistory) -> None:
    valid.stored.last_sequences[PRIVATE] = 3
    valid.stored.rows.append(Row(PRIVATE, 3, "bob", "never said", "of nothing"))


def store_in_another_conversation(valid: ValidHistory) -> None:
    index = valid.index("bob", history.ATTEMPT, 1)
    valid.change(index, data={**valid.entries[index].data, "receiver": "mallory"})


def leave_a_gap_in_the_rows(valid: ValidHistory) -> None:
    valid.stored.rows[1] = replace(valid.stored.rows[1], sequence=7)


def count_a_conversation_too_far(valid: ValidHistory) -> None:
    valid.stored.last_sequences[GROUP] = 4


def show_another_text(valid: ValidHistory) -> None:
    index = valid.index("bob", history.RESPONSE, 2)
    shown = {**valid.entries[index].data["response"], "content": "other words"}
    valid.change(index, data={"response": shown})


def show_an_outsider_a_message(valid: ValidHistory) -> None:
    valid.add("mallory", history.RESPONSE, {"response": shape(valid.stored.rows[0])})


def show_an_outsider_a_receipt(valid: ValidHistory) -> None:
    valid.receipt("mallory", "alice", GROUP)


def show_an_outsider_a_page(valid: ValidHistory) -> None:
    valid.load("mallory", GROUP)


def send_an_event_twice(valid: ValidHistory) -> None:
    index = valid.index("bob", history.RESPONSE, 3)
    valid.entries.insert(index, valid.entries[index])


def swap_two_events(valid: ValidHistory) -> None:
    first, second = valid.index("bob", history.RESPONSE, 0), valid.index("bob", history.RESPONSE, 1)
    data = valid.entries[first].data, valid.entries[second].data
    valid.change(first, data=data[1])
    valid.change(second, data=data[0])


def swap_two_messages_of_a_page(valid: ValidHistory) -> None:
    valid.entries[valid.index("alice", history.LOADED)].data["messages"].reverse()


def leave_an_event_out_that_a_page_makes_up_for(valid: ValidHistory) -> None:
    left_out = valid.entries.pop(valid.index("bob", history.RESPONSE, 1))
    place = {"receiver": str(GROUP), "group": True}
    valid.add("bob", history.CAUGHT_UP, {**place, "messages": [left_out.data["response"]]}, ago=0.5)


def leave_a_hole_in_a_page(valid: ValidHistory) -> None:
    valid.entries[valid.index("alice", history.LOADED)].data["messages"].pop(1)


def lose_the_last_event(valid: ValidHistory) -> None:
    valid.entries.pop(valid.index("bob", history.RESPONSE, 4))


def sign_somebody_out(valid: ValidHistory) -> None:
    valid.add("bob", history.SIGNED_OUT, {"response": "Your session has expired."})


def refuse_a_session(valid: ValidHistory) -> None:
    valid.add("bob", history.REFUSED, {"clientId": "of message 0", "code": "not_signed_in"}, ago=0.5)


def lower_a_watermark_in_a_sync(valid: ValidHistory) -> None:
    mark = valid.entries[valid.index("bob", history.SYNC)].data["conversations"][0]["members"][0]
    mark["deliveredSequence"] = 1


def lower_a_watermark_right_after_a_connection_ended(valid: ValidHistory) -> None:
    valid.say("alice", PRIVATE)
    valid.receipt("alice", "bob", PRIVATE)
    valid.add("alice", history.DISCONNECTED)
    mark = {**valid.mark("bob", PRIVATE), "deliveredSequence": 2}
    private = {"receiver": "bob", "group": False, "changes": [], "members": [mark]}
    valid.add("alice", history.SYNC, {"conversations": [private]}, ago=0.5, line=2)


def lower_a_watermark_in_a_receipt(valid: ValidHistory) -> None:
    valid.receipt("alice", "bob", GROUP).data["readSequence"] = 1


def lower_a_stored_watermark(valid: ValidHistory) -> None:
    valid.stored.members[GROUP]["bob"] = (2, 3)


def lose_a_stored_read_watermark(valid: ValidHistory) -> None:
    valid.stored.members[GROUP]["bob"] = (3, 2)


def lose_a_confirmation(valid: ValidHistory) -> None:
    valid.entries.pop(valid.index("bob", history.CONFIRMED, 2))


def store_a_watermark_too_far(valid: ValidHistory) -> None:
    valid.stored.members[PRIVATE]["alice"] = (3, 2)


def tell_that_a_message_was_read(valid: ValidHistory) -> None:
    valid.receipt("alice", "bob", PRIVATE).data["readSequence"] = 3


def show_a_message_without_its_tick(valid: ValidHistory) -> None:
    valid.load("alice", GROUP).data["messages"][0]["deliveredToAll"] = False


def show_a_repeated_ack_without_its_tick(valid: ValidHistory) -> None:
    ack = deepcopy(valid.entries[valid.index("alice", history.ACK)])
    ack.data["response"]["deliveredToAll"] = False
    valid.add("alice", history.ACK, ack.data, ago=0.5)


SEEDED: list[tuple[Callable[[ValidHistory], None], str]] = [
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
def test_a_seeded_fault_is_found_by_its_name(
    valid: ValidHistory, seed: Callable[[ValidHistory], None], name: str
) -> None:
    seed(valid)
    assert name in {violation.name for violation in check(valid.entries, valid.stored)}


def test_every_kind_of_violation_has_a_seeded_fault() -> None:
    names = {value for key, value in vars(violations).items() if key.isupper()}
    assert names == {name for _, name in SEEDED}
