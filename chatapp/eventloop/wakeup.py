"""An event on which one thread or greenlet sleeps until another has work for it."""

import threading
from typing import Any, Protocol

from chatapp.clock import monotonic
from chatapp.eventloop.thread_pool import is_green

NEVER = float("inf")


class Wakeup(Protocol):
    """The part of `threading.Event` that one sleeper needs, and `let_others_run`."""

    def set(self) -> None: ...

    def clear(self) -> None: ...

    def wait(self, timeout: float | None = None) -> object:
        """Returns when it is set or after `timeout` seconds. May return earlier."""

    def let_others_run(self) -> None:
        """Lets everything else run that is ready. Only greenlets need it: threads are pre-empted."""


class ThreadWakeup(threading.Event):
    """For a thread."""

    def let_others_run(self) -> None:
        """Does nothing."""


class GreenWakeup:
    """For one greenlet, on the event loop of the thread that creates it.

    eventlet's own events are built from semaphores and conditions. For a message that is alone in its batch they cost a
    tenth of the commit.
    """

    def __init__(self) -> None:
        # Imports eventlet, which a process in another mode must not.
        from chatapp.eventloop.event_loop import current_loop

        self._loop = current_loop()
        self._is_set = False
        self._sleeper: Any = None
        self._timer_at = NEVER

    def set(self) -> None:
        """Resumes the sleeper when everything that has arrived is handled."""
        self._is_set = True
        sleeper, self._sleeper = self._sleeper, None
        if sleeper is not None:
            self._loop.call_last(sleeper.switch)

    def clear(self) -> None:
        self._is_set = False

    def wait(self, timeout: float | None = None) -> None:
        """See `Wakeup.wait`."""
        if self._is_set:
            return
        self._sleeper = self._loop.current()
        if timeout is not None:
            self._set_in(timeout)
        self._loop.suspend()

    def let_others_run(self) -> None:
        """Returns when everything that has arrived is handled."""
        self._loop.call_last(self._loop.current().switch)
        self._loop.suspend()

    def _set_in(self, seconds: float) -> None:
        # A timer that has not fired when the sleeper resumes is kept for its next wait. Otherwise a sleeper that is
        # woken a thousand times a second would create and cancel as many timers.
        at = monotonic() + seconds
        if at < self._timer_at:
            self._timer_at = at
            self._loop.call_later(seconds, self._time_out)

    def _time_out(self) -> None:
        self._timer_at = NEVER
        self.set()


def make_wakeup() -> Wakeup:
    """Returns a GreenWakeup in eventlet mode, and a ThreadWakeup in the others."""
    return GreenWakeup() if is_green() else ThreadWakeup()
