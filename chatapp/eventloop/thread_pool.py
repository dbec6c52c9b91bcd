"""Where a call goes that computes or waits for more than a millisecond, so that it stalls nobody else; and how one
greenlet sleeps until another has something for it.

On a green hub one such call stops every connection of the process: there it runs in eventlet's pool of native
threads. Elsewhere the calling thread is nobody's but its own.
"""

import sys
import threading
from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def is_green() -> bool:
    """Whether this process is monkey-patched by eventlet. Imports nothing that was not there already."""
    patcher = sys.modules.get("eventlet.patcher")
    return patcher is not None and bool(patcher.is_monkey_patched("thread"))


def run_in_thread(call: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """What the call returns; what it raises. The call must not touch locks or sockets of the green side."""
    if not is_green():
        return call(*args, **kwargs)
    from eventlet import tpool

    result: Result = tpool.execute(call, *args, **kwargs)
    return result


class Wakeup(Protocol):
    """The part of `threading.Event` that one sleeper needs, and a way to let others go first. A wait may end early."""

    def set(self) -> None: ...

    def clear(self) -> None: ...

    def wait(self, timeout: float | None = None) -> object: ...

    def give_way(self) -> None:
        """Lets what has arrived and what is due go first, if that is for the sleeper to say."""


class ThreadWakeup(threading.Event):
    """For a thread, which the system interrupts as it likes."""

    def give_way(self) -> None:
        """Nothing to do."""


def make_wakeup() -> Wakeup:
    """One that suits this process."""
    if not is_green():
        return ThreadWakeup()
    from chatapp.eventloop.event_loop import GreenWakeup

    return GreenWakeup()
