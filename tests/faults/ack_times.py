"""How long messages took from the first attempt to the first ack, whatever happened in between."""

import math
from collections.abc import Sequence

from tests.faults.history import ACK, ATTEMPT, Entry

SHARE = 0.99


def ack_seconds(entries: Sequence[Entry], begin: float, end: float) -> list[float]:
    """The times of the messages that were first attempted between two moments (monotonic seconds). One without an ack
    counts up to the last entry."""
    attempted: dict[tuple[str, str], float] = {}
    acked: dict[tuple[str, str], float] = {}
    for entry in entries:
        if entry.kind in (ATTEMPT, ACK):
            (attempted if entry.kind == ATTEMPT else acked).setdefault((entry.who, entry.data["clientId"]), entry.at)
    return [acked.get(key, entries[-1].at) - at for key, at in attempted.items() if begin <= at < end]


def p99(seconds: Sequence[float]) -> float:
    """The least of the times that 99 % do not exceed; 0 if there are none."""
    return sorted(seconds)[math.ceil(SHARE * len(seconds)) - 1] if seconds else 0.0
