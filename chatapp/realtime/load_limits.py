"""The limit of what one address may ask of the Socket.IO side."""

import threading
from collections import Counter


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
