"""Native threads for calls that compute or block for more than a millisecond.

On the event loop such a call would stall every connection of the process, so it runs in eventlet's thread pool. In
other modes each request has its own thread, and the call runs there.
"""

import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


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
