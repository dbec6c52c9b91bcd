"""Ends work that takes too long."""

from collections.abc import Iterator
from contextlib import contextmanager

from chatapp.eventloop.thread_pool import is_green


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises TimeoutError in the greenlet that is inside after this time. A thread cannot be ended: there it does
    nothing."""
    if not is_green():
        yield
        return
    from eventlet import Timeout

    with Timeout(seconds, TimeoutError()):
        yield
