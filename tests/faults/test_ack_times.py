"""The times of acks in the figures."""

from tests.faults.ack_times import ack_seconds, p99
from tests.faults.history import ACK, ATTEMPT, RESPONSE, Entry


def test_a_retried_message_took_from_its_first_attempt_to_its_first_ack() -> None:
    entries = [_entry(1, ATTEMPT, "a"), _entry(4, ATTEMPT, "a"), _entry(6, ACK, "a"), _entry(9, ACK, "a")]
    assert ack_seconds(entries, 0, 10) == [5]


def test_only_messages_that_were_first_attempted_in_the_span_count() -> None:
    entries = [_entry(at, kind, name) for at, kind, name in ((1, ATTEMPT, "a"), (2, ATTEMPT, "b"), (3, ATTEMPT, "c"))]
    entries += [_entry(4, ATTEMPT, "a"), _entry(5, ACK, "a"), _entry(6, ACK, "b"), _entry(8, ACK, "c")]
    assert ack_seconds(entries, 2, 3) == [4]


def test_a_message_without_an_ack_counts_up_to_the_end() -> None:
    entries = [_entry(1, ATTEMPT, "a"), _entry(8, RESPONSE, "b")]
    assert ack_seconds(entries, 0, 10) == [7]


def test_the_p99_is_the_least_that_99_of_100_do_not_exceed() -> None:
    assert p99(range(1, 101)) == 99
    assert p99([3.0]) == 3.0
    assert p99([]) == 0


def _entry(at: float, kind: str, client_id: str) -> Entry:
    return Entry(at, "alice", 0, 1, kind, {"clientId": client_id})
