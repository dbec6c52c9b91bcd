"""How far a member's watermarks may have risen at a moment, by what the member's own clients have done until then."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

from tests.faults import history
from tests.faults.history import Entry
from tests.faults.stored import Stored

GRACE_SECONDS = 20.0
"""How long a server may go on with accepting a connection that its client has given up."""


class Rising:
    """A number that only rises, with the moments at which it did."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._values: list[float] = []

    def add(self, at: float, value: float) -> None:
        """`at` is not before the last one."""
        if value > self.last():
            self._times.append(at)
            self._values.append(value)

    def last(self) -> float:
        return self._values[-1] if self._values else 0

    def before(self, at: float) -> float:
        """The number just before a moment."""
        number = bisect_left(self._times, at)
        return self._values[number - 1] if number else 0


class Bounds:
    """The bounds of all members.

    A member is delivered what one of their clients has confirmed or marked as read, and by connecting whatever was
    stored before the connection was accepted. A message was not stored before its first attempt.
    """

    def __init__(self, entries: Sequence[Entry], stored: Stored) -> None:
        self._confirmed: dict[tuple[int, str], Rising] = defaultdict(Rising)
        self._read: dict[tuple[int, str], Rising] = defaultdict(Rising)
        self._attempted: dict[int, Rising] = defaultdict(Rising)
        self._accepted: dict[str, Rising] = defaultdict(Rising)
        rows = {(row.sender, row.client_id): row for row in stored.rows}
        began: dict[tuple[str, int, int], float] = {}
        accepted: list[tuple[float, float, str]] = []
        for entry in entries:
            line = (entry.who, entry.device, entry.line)
            match entry.kind:
                case history.ATTEMPT if (row := rows.get((entry.who, entry.data["clientId"]))) is not None:
                    self._attempted[row.conversation].add(entry.at, row.sequence)
                    self._read[row.conversation, entry.who].add(entry.at, row.sequence)
                case history.CONFIRMED:
                    place, _, sequence = entry.data["messageId"].rpartition("-")
                    self._confirmed[int(place), entry.who].add(entry.at, int(sequence))
                case history.MARKED_READ:
                    found = stored.conversation_of(entry.who, entry.data["receiver"], is_group=entry.data["group"])
                    if found is not None:
                        self._confirmed[found, entry.who].add(entry.at, entry.data["sequence"])
                        self._read[found, entry.who].add(entry.at, entry.data["sequence"])
                case history.CONNECTING:
                    began[line] = entry.at
                case history.CONNECTED:
                    accepted.append((began.pop(line), entry.at, entry.who))
                case history.NOT_CONNECTED:
                    accepted.append((began.pop(line), entry.at + GRACE_SECONDS, entry.who))
        accepted += [(at, float("inf"), who) for (who, _, _), at in began.items()]
        for begin, end, who in sorted(accepted):
            self._accepted[who].add(begin, end)

    def delivered(self, place: int, who: str, at: float) -> float:
        """The most that may be delivered to a member just before a moment."""
        stored = self._attempted[place].before(min(at, self._accepted[who].before(at)))
        return max(self._confirmed[place, who].before(at), stored)

    def read(self, place: int, who: str, at: float) -> float:
        """The most that a member may have read just before a moment."""
        return self._read[place, who].before(at)
