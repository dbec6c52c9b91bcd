"""Native threads for calls that compute or block for more than a millisecond.

On the event loop such a call would stall every connection of the process, so it runs in eventlet's thread pool. In
other modes each request has its own thread, and the call runs there.
"""

import os
import sys
from collections.abc import Callable
from functools import cache, partial
from typing import Any, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

BACKGROUND_NICENESS = 10
BACKGROUND_THREADS = 4
"""The pool has 20, which commits need as well. A password hash takes 64 MiB."""
BACKGROUND_SECONDS = 10.0
"""How long a call waits for one of these threads."""


def is_green() -> bool:
    """Returns whether eventlet has monkey-patched this process. Does not import eventlet."""
    patcher = sys.modules.get("eventlet.patcher")
    return patcher is not None and bool(patcher.is_monkey_patched("thread"))


def run_in_thread(call: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """Returns what the call returns and raises what it raises. The call must not use locks or sockets of greenlets."""
    if not is_green():
        return call(*args, **kwargs)
    from eventlet import tpool

    result: Result = tpool.execute(call, *args, **kwargs)
    return result


def run_in_background(call: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """As `run_in_thread`, for calls that can wait, and that leave the processor to those that serve.

    Raises TimeoutError if it gets no thread in BACKGROUND_SECONDS.
    """
    if not is_green():
        return call(*args, **kwargs)
    free = _free_threads()
    if not free.acquire(timeout=BACKGROUND_SECONDS):
        raise TimeoutError
    try:
        return run_in_thread(_at_low_priority, partial(call, *args, **kwargs))
    finally:
        free.release()


@cache
def _free_threads() -> Any:
    from eventlet.semaphore import Semaphore

    return Semaphore(BACKGROUND_THREADS)


def _at_low_priority(call: Callable[[], Result]) -> Result:
    """Runs the call in a new thread: a thread that lowers its priority cannot raise it again."""
    from eventlet import patcher

    found: list[Result] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            _lower_priority()
            found.append(call())
        except BaseException as error:
            failed.append(error)

    thread = patcher.original("threading").Thread(target=run, daemon=True)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return found[0]


def _lower_priority() -> None:
    """Lowers that of the calling thread: on Linux each has its own, elsewhere it would be that of the process."""
    if sys.platform == "linux" and os.getpriority(os.PRIO_PROCESS, 0) < BACKGROUND_NICENESS:
        os.setpriority(os.PRIO_PROCESS, 0, BACKGROUND_NICENESS)
