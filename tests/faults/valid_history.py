"""A hand-made history of two people who write to each other, of which nothing is wrong."""

from dataclasses import dataclass, field, replace
from typing import Any

from tests.faults import history
from tests.faults.history import Entry
from tests.faults.stored import Row, Stored

GROUP = 1
PRIVATE = 2
LINE = 1
DEVICE = 0
PEOPLE = ("alice", "bob", "mallory")


@dataclass
class ValidHistory:
    """alice and bob are in a group and write to each other; mallory is in neither. Every moment lasts a second."""

    entries: list[Entry] = field(default_factory=list)
    stored: Stored = field(
        default_factory=lambda: Stored(
            [],
            {GROUP: 0, PRIVATE: 0},
            {GROUP: {"alice": (0, 0), "bob": (0, 0)}, PRIVATE: {"alice": (0, 0), "bob": (0, 0)}},
            {GROUP},
        )
    )

    def add(self, who: str, kind: str, data: Any = None, *, ago: float | None = None, line: int = LINE) -> Entry:
        """`ago`: the entry answers a question of so many seconds before."""
        at = float(len(self.entries) + 1)
        entry = Entry(at, who, DEVICE, line, kind, data, None if ago is None else at - ago)
        self.entries.append(entry)
        return entry

    def connect(self, who: str, line: int = LINE) -> None:
        self.add(who, history.CONNECTING, line=line)
        self.add(who, history.CONNECTED, line=line)

    def say(self, who: str, place: int) -> None:
        """A message that everybody confirms before its sender has the ack, with the tick."""
        client_id = f"of message {len(self.stored.rows)}"
        receiver = str(GROUP) if place == GROUP else other(who)
        payload = {"receiver": receiver, "group": place == GROUP, "content": client_id, "clientId": client_id}
        self.add(who, history.ATTEMPT, payload)
        self.stored.last_sequences[place] += 1
        row = Row(place, self.stored.last_sequences[place], who, client_id, client_id)
        self.stored.rows.append(row)
        for name in ("alice", "bob"):
            self.add(name, history.RESPONSE, {"response": shape(row)})
            self.add(name, history.CONFIRMED, {"messageId": row.message_id})
            self._raise(place, name, row.sequence, 0)
        self.add(who, history.ACK, {"clientId": client_id, "response": shape(row, tick=True)}, ago=4.5)
        self._raise(place, who, 0, row.sequence)

    def read(self, who: str, place: int) -> None:
        sequence = self.stored.last_sequences[place]
        receiver = {"receiver": str(GROUP) if place == GROUP else other(who), "group": place == GROUP}
        self.add(who, history.MARKED_READ, {**receiver, "sequence": sequence})
        self._raise(place, who, sequence, sequence)

    def receipt(self, observer: str, who: str, place: int) -> Entry:
        """Tells an observer the present watermarks of a member."""
        receiver = {"receiver": str(GROUP) if place == GROUP else other(observer), "group": place == GROUP}
        return self.add(observer, history.RECEIPT, {**receiver, **self.mark(who, place)})

    def mark(self, who: str, place: int) -> dict[str, Any]:
        delivered, read = self.stored.members[place][who]
        return {"username": who, "deliveredSequence": delivered, "readSequence": read}

    def load(self, who: str, place: int) -> Entry:
        """A page with the present ticks, which are all there."""
        rows = [row for row in self.stored.rows if row.conversation == place]
        data = {"receiver": str(place), "group": True, "messages": [shape(row, tick=True) for row in rows]}
        return self.add(who, history.LOADED, data, ago=0.5)

    def index(self, who: str, kind: str, number: int = 0) -> int:
        """Where the entry of this user and kind is, counted from 0."""
        return [at for at, one in enumerate(self.entries) if (one.who, one.kind) == (who, kind)][number]

    def change(self, index: int, **fields: Any) -> None:
        self.entries[index] = replace(self.entries[index], **fields)

    def _raise(self, place: int, who: str, delivered: int, read: int) -> None:
        before = self.stored.members[place][who]
        self.stored.members[place][who] = (max(before[0], delivered), max(before[1], read))


def other(who: str) -> str:
    return "bob" if who == "alice" else "alice"


def shape(row: Row, *, tick: bool = False) -> dict[str, Any]:
    return {
        "messageId": row.message_id,
        "sequence": row.sequence,
        "sender": row.sender,
        "receiver": str(row.conversation) if row.conversation == GROUP else other(row.sender),
        "content": row.content,
        "clientId": row.client_id,
        "deliveredToAll": tick,
    }
