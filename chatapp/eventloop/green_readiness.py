"""Waiting for a file descriptor on the event loop.

Imports eventlet, so only a process in eventlet mode may import this module.
"""

from eventlet.hubs import trampoline
from greenlet import getcurrent, greenlet

from chatapp.clock import monotonic
from chatapp.eventloop.event_loop import current_loop

SWEEP_SECONDS = 0.25
"""Interval at which deadlines are checked. A timer for each wait would cost half as much as a short statement does."""


class DeadlinePassed(Exception):
    """Raised in a waiting greenlet."""


class GreenWait:
    """See `chatapp.eventloop.readiness.Wait`. Serves the greenlets of one thread."""

    def __init__(self) -> None:
        self._deadlines: dict[greenlet, float] = {}
        self._is_sweep_due = False

    def __call__(self, descriptor: int, is_writing: bool, deadline: float | None) -> bool:
        if deadline is None:
            trampoline(descriptor, read=not is_writing, write=is_writing)
            return True
        waiting = getcurrent()
        self._deadlines[waiting] = deadline
        if not self._is_sweep_due:
            self._sweep_later()
        try:
            trampoline(descriptor, read=not is_writing, write=is_writing)
        except DeadlinePassed:
            return False
        finally:
            self._deadlines.pop(waiting, None)
        return True

    def _sweep_later(self) -> None:
        self._is_sweep_due = True
        current_loop().call_later(SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        self._is_sweep_due = False
        if self._deadlines:
            self._sweep_later()  # first, because the exception of a greenlet that ends is raised below
        now = monotonic()
        for waiting in [waiting for waiting, deadline in self._deadlines.items() if deadline <= now]:
            if self._deadlines.pop(waiting, None) is not None:
                waiting.throw(DeadlinePassed)
