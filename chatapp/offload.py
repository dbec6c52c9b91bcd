"""Where a call goes that computes or waits for more than a millisecond, so that it stalls nobody else.

On a green hub one such call stops every connection of the process: there it runs in eventlet's pool of native
threads. Elsewhere the calling thread is nobody's but its own.
"""

import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def is_green() -> bool:
    """Whether this process is monkey-patched by eventlet. Imports nothing that was not there already."""
    patcher = sys.modules.get("eventlet.patcher")
    return patcher is not None and bool(patcher.is_monkey_patched("thread"))


def offload(call: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """What the call returns; what it raises. The call must not touch locks or sockets of the green side."""
    if not is_green():
        return call(*args, **kwargs)
    from eventlet import tpool

    result: Result = tpool.execute(call, *args, **kwargs)
    return result
