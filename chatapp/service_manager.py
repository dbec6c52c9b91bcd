"""Tells the service manager, such as systemd, that this process is ready, alive and stopping: sd_notify(3)."""

import logging
import os
import socket
from collections.abc import Mapping
from contextlib import suppress

from chatapp.clock import monotonic

log = logging.getLogger(__name__)

MICROSECONDS = 1_000_000


class ServiceManager:
    """What NOTIFY_SOCKET names. Where there is none, nobody is told anything."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = _socket_address(environment.get("NOTIFY_SOCKET", ""))
        self._seconds = _seconds_between_signs(environment) if self._address else None
        self._next_sign = 0.0

    def ready(self) -> None:
        """All listeners answer."""
        self._tell("READY=1")

    def alive(self) -> None:
        """To be called several times a second by what would stand still if the process were stuck. The manager is told
        at half of the time after which it kills the process, as sd_watchdog_enabled(3) recommends."""
        if self._seconds is not None and monotonic() >= self._next_sign:
            self._next_sign = monotonic() + self._seconds
            self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """A signal has come, and connections are about to be closed."""
        self._tell("STOPPING=1")

    def _tell(self, state: str) -> None:
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as found:
            # A manager that does not read must not stop the server.
            found.setblocking(False)
            try:
                found.sendto(state.encode(), self._address)
            except OSError as error:
                log.warning("The service manager could not be told %s: %s", state, error)


def _socket_address(named: str) -> str:
    """An `@` stands for the null byte of an address that is in no folder (unix(7))."""
    if not named.startswith(("/", "@")):
        return ""
    return "\0" + named[1:] if named.startswith("@") else named


def _seconds_between_signs(environment: Mapping[str, str]) -> float | None:
    """None if no signs of life are wanted, or from another process: WATCHDOG_PID."""
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    with suppress(ValueError):
        microseconds = int(environment.get("WATCHDOG_USEC", ""))
        return microseconds / MICROSECONDS / 2 if microseconds > 0 else None
    return None
