"""What is acked is stored, once and as it was acked; nothing else is stored; sequences have no gaps."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from tests.faults import violations
from tests.faults.history import ACK, ATTEMPT, REFUSED, SIGNED_OUT, Entry
from tests.faults.stored import Row, Stored
from tests.faults.violations import Violation

Sent = dict[tuple[str, str], dict[str, Any]]
"""The payload of each message, by its sender and client id."""


def check(entries: Sequence[Entry], stored: Stored) -> Iterator[Violation]:
    sent: Sent = {(one.who, one.data["clientId"]): one.data for one in entries if one.kind == ATTEMPT}
    yield from _check_acks(entries, sent, {row.message_id: row for row in stored.rows})
    yield from _check_rows(sent, stored)
    yield from _check_sequences(stored)
    yield from _check_sessions(entries)


def _check_acks(entries: Sequence[Entry], sent: Sent, rows: dict[str, Row]) -> Iterator[Violation]:
    acked = set()
    for entry in entries:
        if entry.kind != ACK:
            continue
        message = entry.data["response"]
        key = (entry.who, entry.data["clientId"])
        acked.add(key)
        row = rows.get(message["messageId"])
        if row is None:
            yield Violation(violations.NOT_STORED, f"{entry.who} has an ack of {message}")
        elif (row.sequence, row.sender, row.content, row.client_id) != (
            message["sequence"],
            entry.who,
            sent[key]["content"],
            entry.data["clientId"],
        ):
            yield Violation(violations.ACKED_OTHERWISE, f"{message} and {row}")
    for who, client_id in sorted(sent.keys() - acked):
        yield Violation(violations.NEVER_ACKED, f"{who} sent {client_id}")


def _check_rows(sent: Sent, stored: Stored) -> Iterator[Violation]:
    copies: dict[tuple[str, str | None], list[Row]] = defaultdict(list)
    for row in stored.rows:
        copies[row.sender, row.client_id].append(row)
    for (sender, client_id), rows in copies.items():
        if len(rows) > 1:
            yield Violation(violations.STORED_TWICE, f"{rows}")
        attempt = sent.get((sender, client_id or ""))
        if attempt is None or any(not _is_of(row, attempt, stored) for row in rows):
            yield Violation(violations.NOT_SENT, f"{rows}")


def _is_of(row: Row, attempt: dict[str, Any], stored: Stored) -> bool:
    place = stored.conversation_of(row.sender, attempt["receiver"], is_group=attempt["group"])
    return row.content == attempt["content"] and row.conversation == place


def _check_sequences(stored: Stored) -> Iterator[Violation]:
    found: dict[int, list[int]] = {number: [] for number in stored.last_sequences}
    for row in stored.rows:
        found[row.conversation].append(row.sequence)
    for number, sequences in found.items():
        if sorted(set(sequences)) != list(range(1, stored.last_sequences[number] + 1)):
            expected = f"1 to {stored.last_sequences[number]}"
            yield Violation(
                violations.STORED_WITH_GAP, f"conversation {number} has {len(sequences)} rows of {expected}"
            )


def _check_sessions(entries: Sequence[Entry]) -> Iterator[Violation]:
    for entry in entries:
        if entry.kind == SIGNED_OUT or (entry.kind == REFUSED and entry.data["code"] == "not_signed_in"):
            yield Violation(violations.SIGNED_OUT, f"{entry}")
