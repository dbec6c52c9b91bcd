"""Limits of what one person or one address may ask of the Socket.IO side."""

import threading
from collections import Counter

from chatapp.clock import monotonic

BURST_SECONDS = 10.0
"""A person may send at once what the rate allows in this time, such as messages that waited for a connection."""


class EventBudget:
    """A token bucket: `rate` events a second, after a pause up to BURST_SECONDS of them at once."""

    __slots__ = ("_rate", "_since", "_used")

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._since = monotonic()
        self._used = 0.0
        """Seconds of the budget that are used up."""

    def spend(self) -> float:
        """Takes one event. Returns 0, or the seconds until there is one to take."""
        now = monotonic()
        used = max(self._used - now + self._since, 0.0)
        self._since = now
        cost = 1 / self._rate
        self._used = used
        if used + cost > BURST_SECONDS:
            return used + cost - BURST_SECONDS
        self._used = used + cost
        return 0.0


class AddressLimit:
    """Counts the transports of each address. `most` of 0: any number."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._address_of: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def enter(self, eio_sid: str, address: str) -> bool:
        """Returns whether the transport may open. It then counts until it leaves."""
        if not self._most:
            return True
        with self._lock:
            if self._counts[address] >= self._most:
                return False
            self._counts[address] += 1
            self._address_of[eio_sid] = address
        return True

    def leave(self, eio_sid: str) -> None:
        with self._lock:
            address = self._address_of.pop(eio_sid, None)
            if address is None:
                return
            self._counts[address] -= 1
            if not self._counts[address]:
                del self._counts[address]
