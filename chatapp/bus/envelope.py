"""What one process sends another: its notices, with who sends them and since when they are on their way.

The time is part of the name of the sender, which a version that does not know of it compares as a whole.
"""

import orjson

from chatapp.clock import now
from chatapp.metrics.counters import counters
from chatapp.models.base import to_microseconds
from chatapp.notices import Notice, decode, encode


def seal(origin: str, notices: list[Notice]) -> bytes:
    """The payload that carries these notices. `origin` is the name of this process, without a space."""
    return orjson.dumps([f"{origin} {to_microseconds(now())}", encode(notices)])


def unseal(payload: str | bytes, own_origin: str) -> list[Notice]:
    """The notices of another process; none if they are this process's own."""
    sender, body = orjson.loads(payload)
    origin, _, sent_at = sender.partition(" ")
    if origin == own_origin:
        return []
    if sent_at:
        note_arrival(int(sent_at))
    return decode(body)


def note_arrival(sent_at: int) -> None:
    """Counts how long notices were on their way. `sent_at` is in microseconds since 1970, by the sender's clock."""
    counters.bus_seconds.observe(max(0, to_microseconds(now()) - sent_at) / 1_000_000)
