"""Watermarks never fall and never pass what was delivered and read, and a tick that was shown stays."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from tests.faults import violations
from tests.faults.checked_streams import messages_of
from tests.faults.delivered_bounds import Bounds, Rising
from tests.faults.history import CAUGHT_UP, DISCONNECTED, LOADED, RECEIPT, SYNC, Entry, place_of
from tests.faults.stored import Stored
from tests.faults.violations import Violation

Mark = tuple[int, str]
"""A conversation and a member of it."""


def check(entries: Sequence[Entry], stored: Stored) -> Iterator[Violation]:
    yield from _Watermarks(stored, Bounds(entries, stored)).check(entries)


STALE_SECONDS = 2.0
"""How much older an answer may be than an event of a connection that is still open. Events tell of watermarks before
they are written, and reads wait a quarter of a second for that, which a busy machine may stretch."""

STORED_KINDS = (SYNC, CAUGHT_UP, LOADED)
"""What is shown by these was read from the database."""


class _Watermarks:
    """What each observer has been shown of the watermarks of others. An answer must not say less than what the observer
    had been shown when asking, by connections that have ended, by answers, or STALE_SECONDS before; an event not less
    than what its connection had shown before, since events of different connections may be on their way at the same
    time."""

    def __init__(self, stored: Stored, bounds: Bounds) -> None:
        self._stored = stored
        self._bounds = bounds
        self._delivered: dict[tuple[str, Mark], Rising] = defaultdict(Rising)
        self._read: dict[tuple[str, Mark], Rising] = defaultdict(Rising)
        self._settled: dict[tuple[str, Mark], tuple[Rising, Rising]] = defaultdict(lambda: (Rising(), Rising()))
        """What was shown by connections that have ended, and by answers."""
        self._of_line: dict[tuple[str, int, int], dict[Mark, tuple[float, float]]] = defaultdict(dict)

    def check(self, entries: Sequence[Entry]) -> Iterator[Violation]:
        for entry in entries:
            if entry.kind == RECEIPT:
                place = self._stored.conversation_of(entry.who, entry.data["receiver"], is_group=entry.data["group"])
                yield from self._shown(entry, place, [entry.data])
            elif entry.kind == SYNC:
                for one in entry.data["conversations"]:
                    place = self._stored.conversation_of(entry.who, one["receiver"], is_group=one["group"])
                    yield from self._shown(entry, place, one["members"])
            elif entry.kind == DISCONNECTED:
                for key, marks in self._of_line.pop((entry.who, entry.device, entry.line), {}).items():
                    self._settle(entry, key, *marks)
            for message in messages_of(entry):
                yield from self._tick(entry, message)
        yield from self._at_the_end()

    def _shown(self, entry: Entry, place: int | None, marks: list[dict[str, Any]]) -> Iterator[Violation]:
        if place is None:
            return
        for mark in marks:
            key = (place, mark["username"])
            delivered, read = mark["deliveredSequence"], mark["readSequence"] or 0
            floors = self._floors(entry, key)
            if delivered < floors[0] or read < floors[1]:
                was = f"had seen {floors} of {key} and was shown {(delivered, read)}"
                yield Violation(violations.WATERMARK_FELL, f"{entry.who} {was} by {entry.kind} at {entry.at:.3f}")
            yield from self._beyond(key, delivered, read, entry.at)
            self._note(entry, key, delivered, read)

    def _tick(self, entry: Entry, message: dict[str, Any]) -> Iterator[Violation]:
        place, sequence = place_of(message), message["sequence"]
        others = [name for name in self._stored.members.get(place, {}) if name != message["sender"]]
        if message["deliveredToAll"]:
            for name in others:
                yield from self._beyond((place, name), sequence, 0, entry.at)
                self._note(entry, (place, name), sequence, 0)
        elif entry.asked_at is not None and all(self._floors(entry, (place, name))[0] >= sequence for name in others):
            what = f"{entry.who} had seen the tick of {message['messageId']} and was shown none"
            yield Violation(violations.TICK_TAKEN_BACK, f"{what} by {entry.kind} at {entry.at:.3f}")

    def _floors(self, entry: Entry, key: Mark) -> tuple[float, float]:
        if entry.asked_at is None:
            return self._of_line[entry.who, entry.device, entry.line].get(key, (0, 0))
        of_observer, stale = (entry.who, key), entry.asked_at - STALE_SECONDS
        delivered, read = self._settled[of_observer]
        return (
            max(delivered.before(entry.asked_at), self._delivered[of_observer].before(stale)),
            max(read.before(entry.asked_at), self._read[of_observer].before(stale)),
        )

    def _note(self, entry: Entry, key: Mark, delivered: float, read: float) -> None:
        self._delivered[entry.who, key].add(entry.at, delivered)
        self._read[entry.who, key].add(entry.at, read)
        if entry.kind in STORED_KINDS:
            self._settle(entry, key, delivered, read)
        line = self._of_line[entry.who, entry.device, entry.line]
        before = line.get(key, (0, 0))
        line[key] = (max(before[0], delivered), max(before[1], read))

    def _settle(self, entry: Entry, key: Mark, delivered: float, read: float) -> None:
        for rising, value in zip(self._settled[entry.who, key], (delivered, read), strict=True):
            rising.add(entry.at, value)

    def _beyond(self, key: Mark, delivered: int, read: int, at: float) -> Iterator[Violation]:
        if delivered > (bound := self._bounds.delivered(*key, at)):
            yield Violation(violations.DELIVERED_TOO_FAR, f"{key} at {at:.3f}: {delivered}, delivered were {bound}")
        if read > (bound := self._bounds.read(*key, at)):
            yield Violation(violations.READ_TOO_FAR, f"{key} at {at:.3f}: {read}, read were {bound}")

    def _at_the_end(self) -> Iterator[Violation]:
        for kind, (of, seen) in enumerate((("delivered", self._delivered), ("read", self._read))):
            for (observer, (place, name)), rising in seen.items():
                kept = self._stored.members[place][name][kind] if name in self._stored.members.get(place, {}) else 0
                if kept < rising.last():
                    what = f"{observer} had seen {rising.last()} {of} for {name} in {place}, stored is {kept}"
                    yield Violation(violations.WATERMARK_FELL, what)
        for place, members in self._stored.members.items():
            for name, (delivered, read) in members.items():
                yield from self._beyond((place, name), delivered, read, float("inf"))
