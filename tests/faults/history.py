"""What clients did and saw, in the order in which it happened: the evidence that the checker reads."""

import json
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

CONNECTING = "connecting"
CONNECTED = "connected"
NOT_CONNECTED = "not connected"
DISCONNECTED = "disconnected"
ATTEMPT = "attempt"
ACK = "ack"
REFUSED = "refused"
UNANSWERED = "unanswered"
RESPONSE = "response"
CONFIRMED = "confirmed"
TICK = "updateDeliveryStatusOnConnection"
RECEIPT = "receipt"
SIGNED_OUT = "token-expired"
MARKED_READ = "marked read"
SYNC = "sync"
CAUGHT_UP = "caught up"
LOADED = "loaded"
"""Kinds of entries. `CAUGHT_UP` is a page after the last known message, `LOADED` any other page."""


@dataclass(frozen=True)
class Entry:
    """One thing that a client did or saw.

    `at` and `asked_at` are in monotonic seconds. `asked_at` is when an answer was asked for; what was not asked for has
    None. `device` numbers the clients of a user, and `line` the connections of a device from 1; 0 is HTTP.
    """

    at: float
    who: str
    device: int
    line: int
    kind: str
    data: Any = None
    asked_at: float | None = None

    @property
    def since(self) -> float:
        """The earliest moment of which the entry can tell."""
        return self.at if self.asked_at is None else self.asked_at


@dataclass
class History:
    """The entries of all clients. Safe to append to from any thread."""

    entries: list[Entry] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(
        self, who: str, device: int, line: int, kind: str, data: Any = None, asked_at: float | None = None
    ) -> Entry:
        """Appends an entry. Its time is taken under the lock, so that the list is in the order of time."""
        with self._lock:
            entry = Entry(time.monotonic(), who, device, line, kind, data, asked_at)
            self.entries.append(entry)
            return entry

    def counts(self) -> Counter[str]:
        """How many entries of each kind there are."""
        with self._lock:
            return Counter(entry.kind for entry in self.entries)

    def write(self, path: Path) -> None:
        """Writes the entries as lines of JSON."""
        with self._lock, path.open("w") as file:
            file.writelines(json.dumps(asdict(entry)) + "\n" for entry in self.entries)


def read_entries(path: Path) -> list[Entry]:
    """The entries of a file that `History.write` has written."""
    return [Entry(**json.loads(line)) for line in path.read_text().splitlines()]


def place_of(message: dict[str, Any]) -> int:
    """The number of a message's conversation."""
    return int(message["messageId"].rpartition("-")[0])
