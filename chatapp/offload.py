"""Where a call goes that computes or waits for more than a millisecond, so that it stalls nobody else; and how one
greenlet sleeps until another has something for it.

On a green hub one such call stops every connection of the process: there it runs in eventlet's pool of native
threads. Elsewhere the calling thread is nobody's but its own.
"""

import logging
import sys
import threading
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar

log = logging.getLogger(__name__)

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


class NativeThread:
    """A native thread beside a green hub, for calls that come thousands of times a second and one at a time.

    A call costs a third of what it does by eventlet's pool, whose queues and socket are made for many at once, and
    never waits behind somebody else's. Must be closed by whoever made it.
    """

    def __init__(self) -> None:
        from eventlet import hubs, patcher

        native: Any = patcher.original("threading")
        self._os: Any = patcher.original("os")
        self._hub: Any = hubs.get_hub()
        self._work: Callable[[], Any] | None = None
        self._outcome: tuple[Any, BaseException | None] = (None, None)
        self._caller: Any = None
        # Pipes both ways, and no lock: it is while writing to one that a thread gives the interpreter to whom it wakes.
        self._begin, self._say_begin = self._os.pipe()
        self._done, self._say_done = self._os.pipe()
        self._os.set_blocking(self._done, False)
        self._listener = listen(self._hub, self._done, self._wake)
        self._thread = native.Thread(target=self._run, name="native", daemon=True)
        self._thread.start()

    def run(self, call: Callable[[], Result]) -> Result:
        """What the call returns; what it raises. The greenlet waits, the hub does not."""
        from greenlet import getcurrent

        self._caller = getcurrent()
        self._work = call
        self._os.write(self._say_begin, b".")
        self._hub.switch()
        (result, error), self._outcome = self._outcome, (None, None)
        if error is not None:
            raise error
        found: Result = result
        return found

    def close(self) -> None:
        """Ends the thread. Nothing may be running."""
        self._os.write(self._say_begin, b".")
        self._thread.join()
        self._hub.remove(self._listener)
        for descriptor in (self._begin, self._say_begin, self._done, self._say_done):
            self._os.close(descriptor)

    def _run(self) -> None:
        while True:
            self._os.read(self._begin, 1)
            call, self._work = self._work, None
            if call is None:
                return
            try:
                self._outcome = (call(), None)
            except BaseException as error:
                self._outcome = (None, error)
            del call
            self._os.write(self._say_done, b".")

    def _wake(self, descriptor: int) -> None:
        try:
            self._os.read(descriptor, 1)
        except BlockingIOError:
            return
        caller, self._caller = self._caller, None
        try:
            caller.switch()
        except Exception:
            # How the caller's greenlet ended. The hub would take it for ours, and listen no more.
            log.exception("A greenlet that waited for a native thread failed")


class Wakeup(Protocol):
    """The part of `threading.Event` that one sleeper needs, and a way to let others go first."""

    def set(self) -> None: ...

    def clear(self) -> None: ...

    def wait(self, timeout: float | None = None) -> object: ...

    def give_way(self) -> None:
        """Lets others run who are ready to, if that is for the sleeper to say."""


class GreenWakeup:
    """For one greenlet, on the hub that it was made on. eventlet's own events are made of semaphores and conditions,
    which for a message alone in its batch cost a tenth of the commit."""

    def __init__(self) -> None:
        from eventlet import hubs

        self._hub: Any = hubs.get_hub()
        self._is_set = False
        self._sleeper: Any = None

    def set(self) -> None:
        """Wakes the sleeper in the hub's next turn."""
        self._is_set = True
        sleeper, self._sleeper = self._sleeper, None
        if sleeper is not None:
            self._hub.schedule_call_global(0, sleeper.switch)

    def clear(self) -> None:
        self._is_set = False

    def wait(self, timeout: float | None = None) -> None:
        """Returns when it is set, or the time in seconds is over."""
        from greenlet import getcurrent

        if self._is_set:
            return
        self._sleeper = getcurrent()
        timer = None if timeout is None else self._hub.schedule_call_global(timeout, self.set)
        self._hub.switch()
        if timer is not None:
            timer.cancel()

    def give_way(self) -> None:
        """One turn of the hub."""
        from greenlet import getcurrent

        self._hub.schedule_call_global(0, getcurrent().switch)
        self._hub.switch()


class ThreadWakeup(threading.Event):
    """For a thread, which the system interrupts as it likes."""

    def give_way(self) -> None:
        """Nothing to do."""


def make_wakeup() -> Wakeup:
    """One that suits this process."""
    return GreenWakeup() if is_green() else ThreadWakeup()


def listen(hub: Any, descriptor: int, readable: Callable[[int], None]) -> Any:
    """Has eventlet's hub call `readable` whenever a descriptor is, in the hub's own greenlet. Returns what the hub's
    `remove` takes."""
    listener = hub.add(hub.READ, descriptor, readable, _thrown_away, None)
    # The hub notes who listens; the greenlet that happened to ask for this would be kept alive by that.
    listener.greenlet = hub.greenlet
    return listener


def _thrown_away(*_args: Any) -> None:
    """The hub throws into a greenlet whose descriptor was recycled; there is none here."""
