"""Calls of other servers, bounded in time and number.

Such a server may be slow, broken or taken over, and the chat goes on without it.
"""

from collections.abc import Callable
from concurrent.futures import Future
from threading import BoundedSemaphore, Thread
from typing import TypeVar

Result = TypeVar("Result")


class TooManyCalls(Exception):
    """As many calls run as may run at once."""


class BoundedCalls:
    """Up to `at_once` calls of this process, each in a thread of its own, which is a greenlet on the event loop."""

    def __init__(self, at_once: int) -> None:
        self._free = BoundedSemaphore(at_once)

    def run(self, call: Callable[[], Result], seconds: float) -> Result:
        """Returns what the call returns, and raises what it raises.

        Raises TimeoutError after this time, and TooManyCalls at once.
        """
        if not self._free.acquire(blocking=False):
            raise TooManyCalls
        future: Future[Result] = Future()
        Thread(target=self._run, args=(call, future), daemon=True).start()
        return future.result(seconds)

    def _run(self, call: Callable[[], Result], future: "Future[Result]") -> None:
        try:
            result = call()
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)
        finally:
            self._free.release()
