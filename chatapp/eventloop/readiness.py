"""Waiting until a file descriptor is ready, at most until a deadline."""

import select
from collections.abc import Callable

from chatapp.clock import monotonic
from chatapp.eventloop.thread_pool import is_green

Wait = Callable[[int, bool, float | None], bool]
"""Waits until a descriptor can be read, or with True be written. The deadline is a time of `clock.monotonic`. The wait
may end a quarter of a second after it. Returns whether the descriptor is ready."""


def make_wait() -> Wait:
    """Returns the function for this process: it suspends a greenlet in eventlet mode, and blocks a thread otherwise."""
    if not is_green():
        return _wait_in_thread
    from chatapp.eventloop.green_readiness import GreenWait

    return GreenWait()


def _wait_in_thread(descriptor: int, is_writing: bool, deadline: float | None) -> bool:
    poll = select.poll()  # unlike `select`, it takes descriptors above 1,023
    poll.register(descriptor, select.POLLOUT if is_writing else select.POLLIN)
    return bool(poll.poll(None if deadline is None else max(0.0, deadline - monotonic()) * 1000))
