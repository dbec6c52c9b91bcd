"""Has files looked at by ClamAV's daemon, by its command INSTREAM. https://docs.clamav.net/manual/Usage/Scanning.html"""

import logging
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from chatapp.clock import monotonic
from chatapp.errors import Unavailable

log = logging.getLogger(__name__)

PIECE_BYTES = 1 << 16
LENGTH_BYTES = 4
SCAN_SECONDS = 120.0
"""From connecting to the answer. The daemon itself stops after MaxScanTime, which is 120 seconds too."""
CONNECT_SECONDS = 5.0
LONGEST_ANSWER_BYTES = 4096
ANSWER = re.compile(r"stream: (?:OK|(?P<found>.+) FOUND)")


class _NoAnswer(Exception):
    """The daemon has not answered, or has answered with an error."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """A daemon: `address` is `host:port`, or the path of its socket. `seconds` is the longest a scan takes."""

    address: str
    seconds: float = SCAN_SECONDS

    def scan(self, path: Path) -> str | None:
        """The name of what the daemon finds in the file; None if it is clean. Waits cooperatively.

        Raises Unavailable if the daemon does not answer in time or refuses the file, such as for its size: a file that
        has not been scanned is not clean. Raises OSError if the file cannot be read.
        """
        try:
            answer = self._answer(path)
        except _NoAnswer as error:
            raise Unavailable("The file cannot be scanned at the moment. Please try again.") from error
        found = ANSWER.fullmatch(answer)
        if found is None:
            log.error("The scanner refuses a file: %r", answer)
            raise Unavailable("The scanner refuses the file.")
        return found["found"]

    def _answer(self, path: Path) -> str:
        deadline = monotonic() + self.seconds
        with open(path, "rb") as file, _connected(self.address) as daemon:
            # A daemon that refuses closes while it is sent more: its answer says why.
            with suppress(_NoAnswer):
                _send(daemon, b"zINSTREAM\0", deadline)
                while piece := file.read(PIECE_BYTES):
                    _send(daemon, len(piece).to_bytes(LENGTH_BYTES, "big") + piece, deadline)
                _send(daemon, bytes(LENGTH_BYTES), deadline)
            return _received(daemon, deadline)


@contextmanager
def _connected(address: str) -> Iterator[socket.socket]:
    with _failing_without_answer():
        if address.startswith("/"):
            daemon = _connected_to_path(address)
        else:
            host, _, port = address.rpartition(":")
            daemon = socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS)
    with daemon:
        yield daemon


def _connected_to_path(address: str) -> socket.socket:
    daemon = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        daemon.settimeout(CONNECT_SECONDS)
        daemon.connect(address)
    except BaseException:
        daemon.close()
        raise
    return daemon


def _send(daemon: socket.socket, data: bytes, deadline: float) -> None:
    with _failing_without_answer():
        daemon.settimeout(max(0.001, deadline - monotonic()))
        daemon.sendall(data)


def _received(daemon: socket.socket, deadline: float) -> str:
    """The answer, which a zero ends."""
    found = b""
    while not found.endswith(b"\0"):
        with _failing_without_answer():
            daemon.settimeout(max(0.001, deadline - monotonic()))
            piece = daemon.recv(LONGEST_ANSWER_BYTES)
        found += piece
        if not piece or len(found) > LONGEST_ANSWER_BYTES:
            raise _NoAnswer
    return found[:-1].decode(errors="replace")


@contextmanager
def _failing_without_answer() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _NoAnswer from error
