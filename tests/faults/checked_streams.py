"""Every member sees every message once, in the one order, and as it is stored; nobody else sees any."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from tests.faults import history, violations
from tests.faults.history import ACK, CAUGHT_UP, LOADED, RECEIPT, RESPONSE, SYNC, TICK, Entry, place_of
from tests.faults.stored import Stored
from tests.faults.violations import Violation

Sequences = dict[tuple[str, int, int, int], list[int]]
"""Sequences by user, device, line and conversation."""


def messages_of(entry: Entry) -> list[dict[str, Any]]:
    """The messages that an entry shows."""
    match entry.kind:
        case history.RESPONSE | history.TICK | history.ACK:
            return [entry.data["response"]]
        case history.CAUGHT_UP | history.LOADED:
            found: list[dict[str, Any]] = entry.data["messages"]
            return found
        case history.SYNC:
            changes = [change for place in entry.data["conversations"] for change in place["changes"]]
            return [change["message"] for change in changes if change["kind"] == "message"]
    return []


def check(entries: Sequence[Entry], stored: Stored) -> Iterator[Violation]:
    yield from _check_contents(entries, stored)
    yield from _check_audiences(entries, stored)
    yield from _check_order(entries)
    yield from _check_pages(entries)
    yield from _check_completeness(entries, stored)


def _check_contents(entries: Sequence[Entry], stored: Stored) -> Iterator[Violation]:
    rows = {row.message_id: row for row in stored.rows}
    for entry in entries:
        if entry.kind == ACK:
            continue
        for message in messages_of(entry):
            row = rows.get(message["messageId"])
            shown = (message["sequence"], message["sender"], message["content"], message["clientId"])
            if row is None or shown != (row.sequence, row.sender, row.content, row.client_id):
                yield Violation(violations.SHOWN_OTHERWISE, f"{entry.who} was shown {message}; stored is {row}")


def _check_audiences(entries: Sequence[Entry], stored: Stored) -> Iterator[Violation]:
    for entry in entries:
        places = {place_of(message) for message in messages_of(entry)}
        if entry.kind == RECEIPT:
            place = stored.conversation_of(entry.who, entry.data["receiver"], is_group=entry.data["group"])
            places.add(-1 if place is None else place)
        for place in places:
            if entry.who not in stored.members.get(place, {}):
                yield Violation(violations.SHOWN_TO_OUTSIDER, f"{entry.who} was shown {entry.data}")


def _check_order(entries: Sequence[Entry]) -> Iterator[Violation]:
    """The events of one connection: each message once, in order, and between the first and the last all of them."""
    lines: Sequences = defaultdict(list)
    for entry in entries:
        if entry.kind == RESPONSE:
            message = entry.data["response"]
            lines[entry.who, entry.device, entry.line, place_of(message)].append(message["sequence"])
    for (who, device, line, place), seen in lines.items():
        where = f"{who}'s device {device}, connection {line}, conversation {place}: {seen}"
        if len(set(seen)) < len(seen):
            yield Violation(violations.RECEIVED_TWICE, where)
        if any(later < earlier for earlier, later in pairwise(seen)):
            yield Violation(violations.RECEIVED_OUT_OF_ORDER, where)
        if max(seen) - min(seen) >= len(set(seen)):
            yield Violation(violations.RECEIVED_WITH_GAP, where)


def _check_pages(entries: Sequence[Entry]) -> Iterator[Violation]:
    for entry in entries:
        if entry.kind in (CAUGHT_UP, LOADED):
            seen = [message["sequence"] for message in entry.data["messages"]]
            where = f"{entry.who} in a page: {seen}"
            if any(later <= earlier for earlier, later in pairwise(seen)):
                yield Violation(violations.RECEIVED_OUT_OF_ORDER, where)
            elif any(later != earlier + 1 for earlier, later in pairwise(seen)):
                yield Violation(violations.RECEIVED_WITH_GAP, where)


def _check_completeness(entries: Sequence[Entry], stored: Stored) -> Iterator[Violation]:
    """Each device has everything by events, syncs and pages after what it had, without loading a conversation anew."""
    had: dict[tuple[str, int], dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for entry in entries:
        of_device = had[entry.who, entry.device]
        if entry.kind not in (LOADED, ACK, TICK):
            for message in messages_of(entry):
                of_device[place_of(message)].add(message["sequence"])
    for (who, device), places in had.items():
        for place, members in stored.members.items():
            everything = set(range(1, stored.last_sequences[place] + 1))
            if who in members and (missing := everything - places[place]):
                where = f"{who}'s device {device}, conversation {place}"
                yield Violation(violations.MISSING, f"{where}: {len(missing)} of {len(everything)}: {sorted(missing)}")


def shown_count(entries: Sequence[Entry]) -> int:
    """How many messages reached a device by an event, a sync or a page, each counted once for a device."""
    kinds = (RESPONSE, SYNC, CAUGHT_UP)
    return len(
        {
            (entry.who, entry.device, message["messageId"])
            for entry in entries
            if entry.kind in kinds
            for message in messages_of(entry)
        }
    )
