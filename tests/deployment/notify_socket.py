"""The service manager's side of sd_notify(3): a socket that hears what a service says of itself."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotifySocket:
    """Bound to `address`, which is for NOTIFY_SOCKET. An `@` stands for the null byte of an abstract address."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address.replace("@", "\0", 1))

    def next(self, seconds: float) -> str | None:
        """The next state that is told within this time; None if none is."""
        self._socket.settimeout(seconds)
        try:
            return self._socket.recv(4_096).decode()
        except TimeoutError:
            return None

    def times_of(self, state: str, seconds: float) -> list[float]:
        """When this state was told, by a clock that only runs forward, within so many seconds from now."""
        found = []
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self.next(left) == state:
                found.append(time.monotonic())
        return found

    def wait_for(self, state: str, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while self.next(max(0.01, until - time.monotonic())) != state:
            assert time.monotonic() < until, f"{state} was not told"

    def close(self) -> None:
        self._socket.close()


@contextmanager
def listening(address: Path | str) -> Iterator[NotifySocket]:
    found = NotifySocket(str(address))
    try:
        yield found
    finally:
        found.close()
