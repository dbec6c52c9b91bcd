"""What happens on eventlet's hub between two of its polls; how a greenlet waits there for a native thread, or for work.

Only for a process that is green; `chatapp/eventloop/thread_pool.py` has what any process may call.
"""

import contextlib
import logging
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from eventlet import hubs, patcher
from eventlet.hubs import epolls
from greenlet import getcurrent

from chatapp.clock import monotonic

log = logging.getLogger(__name__)

Result = TypeVar("Result")

_os: Any = patcher.original("os")
_select: Any = patcher.original("select")

READ, WRITE = _select.EPOLLIN, _select.EPOLLOUT

MOST_LOOKS = 3
"""How often in one turn it is looked again for what has arrived, before what `call_last` is begun."""

MOST_CALLS = 1_000
"""In one turn; what is due then waits for the next, so that nothing can keep the hub from its timers."""

NEVER = float("inf")


class EventLoop:
    """What a callback of the hub leaves to be done is done before the hub polls again.

    Timers of no seconds would do that too; a private message took four of them. `call_soon` is for what is handled and
    sent; `call_last` for what costs much, and little more if it does more at once: before it begins, all that
    has arrived is handled.

    What is watched here is polled with what the hub listens to, by one system call, and spares the hub's own way to its
    listeners, which costs as much as reading the ack that has come.
    """

    def __init__(self, hub: Any) -> None:
        self.hub = hub
        self._soon: deque[Callable[[], object]] = deque()
        self._late: deque[Callable[[], object]] = deque()
        self._is_on = False
        self._watched: dict[int, Callable[[int], object]] = {}
        self._patient: set[int] = set()
        self._epoll = hub.poll
        hub.do_poll = self._poll
        # A hub that listens to nothing does not poll.
        self._never = _os.eventfd(0)
        hub.add(hub.READ, self._never, _ignored, _ignored, None).greenlet = hub.greenlet

    def call_soon(self, call: Callable[[], object]) -> None:
        """Calls it in the hub's greenlet, before the hub polls again, or in its next turn if none is under way."""
        self._soon.append(call)
        self._begin()

    def call_last(self, call: Callable[[], object]) -> None:
        """As `call_soon`, after all else."""
        self._late.append(call)
        self._begin()

    def watch(self, descriptor: int, events: int, ready: Callable[[int], object], *, is_patient: bool = False) -> None:
        """Calls `ready` with what a descriptor is ready for whenever that is READ, WRITE or an error, in the hub's
        greenlet and at the beginning of a turn. `events`: READ, WRITE, both, or 0 for no more, which has to be said
        before the descriptor is closed. It must be none that the hub listens to.

        A patient one waits for the next turn when it becomes ready during this: for what costs much to handle, so that
        a turn stays short beside many who ask without a pause.
        """
        if descriptor not in self._watched:
            if events:
                self._epoll.register(descriptor, events)
                self._watched[descriptor] = ready
                if is_patient:
                    self._patient.add(descriptor)
        elif events:
            self._epoll.modify(descriptor, events)
            self._watched[descriptor] = ready
        else:
            del self._watched[descriptor]
            self._patient.discard(descriptor)
            with contextlib.suppress(OSError):
                self._epoll.unregister(descriptor)

    def _poll(self, seconds: float) -> list[tuple[int, int]]:
        """How the hub polls. What is not watched here is its own to handle."""
        ready = self._epoll.poll(seconds)
        self._is_on = True
        try:
            return self._take_in(ready)
        finally:
            self._run()

    def _take_in(self, ready: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Returns what is not watched here."""
        others = []
        for descriptor, events in ready:
            call = self._watched.get(descriptor)
            if call is None:
                others.append((descriptor, events))
                continue
            try:
                call(events)
            except self.hub.SYSTEM_EXCEPTIONS:
                raise
            except BaseException:
                # A greenlet's own, perhaps, that was switched to; eventlet's Timeout is no Exception. It is not the
                # hub's business.
                log.exception("What has arrived could not be taken in")
        return others

    def _begin(self) -> None:
        if not self._is_on:
            self._is_on = True
            self.hub.schedule_call_global(0, self._run)

    def _run(self) -> None:
        try:
            self._work_off()
        finally:
            # Also where somebody asks the process to end: what is written until then needs its turns.
            self._is_on = False
            if self._soon or self._late:
                self._begin()

    def _work_off(self) -> None:
        looks = MOST_LOOKS
        for _ in range(MOST_CALLS):
            try:
                if self._soon:
                    self._soon.popleft()()
                elif not self._late:
                    return
                elif looks:
                    looks -= 1
                    looks = looks if self._has_arrived() else 0
                else:
                    self._late.popleft()()
            except self.hub.SYSTEM_EXCEPTIONS:
                raise
            except BaseException:
                # A greenlet's own, perhaps, that was switched to; eventlet's Timeout is no Exception. It is not the
                # hub's business.
                log.exception("Something that was due could not be done")

    def _has_arrived(self) -> bool:
        # The patient ones, and the hub's own, are still ready when it polls.
        ready = [one for one in self._epoll.poll(0) if one[0] not in self._patient]
        return len(self._take_in(ready)) < len(ready)


def current_loop() -> EventLoop:
    """The one of this thread's hub."""
    hub = hubs.get_hub()
    found: EventLoop | None = getattr(hub, "chatapp_event_loop", None)
    if found is None:
        if not isinstance(hub, epolls.Hub):
            raise RuntimeError("eventlet's epoll hub is needed; is EVENTLET_HUB set to another?")
        found = hub.chatapp_event_loop = EventLoop(hub)
    return found


class WorkerThread:
    """A native thread beside the hub, for calls that come thousands of times a second and one at a time.

    A call costs a third of what it does by eventlet's pool, whose queues and socket are made for many at once, and
    never waits behind somebody else's. Must be closed by whoever made it.
    """

    def __init__(self) -> None:
        native: Any = patcher.original("threading")
        self._turn = current_loop()
        self._hub = self._turn.hub
        self._work: Callable[[], Any] | None = None
        self._outcome: tuple[Any, BaseException | None] = (None, None)
        self._caller: Any = None
        # Pipes both ways, and no lock: it is while writing to one that a thread gives the interpreter to whom it wakes.
        self._begin, self._say_begin = _os.pipe()
        self._done, self._say_done = _os.pipe()
        _os.set_blocking(self._done, False)
        self._turn.watch(self._done, READ, self._wake)
        self._thread = native.Thread(target=self._run, name="native", daemon=True)
        self._thread.start()

    def run(self, call: Callable[[], Result]) -> Result:
        """What the call returns; what it raises. The greenlet waits, the hub does not."""
        self._caller = getcurrent()
        self._work = call
        _os.write(self._say_begin, b".")
        self._hub.switch()
        (result, error), self._outcome = self._outcome, (None, None)
        if error is not None:
            raise error
        found: Result = result
        return found

    def close(self) -> None:
        """Ends the thread. Nothing may be running."""
        _os.write(self._say_begin, b".")
        self._thread.join()
        self._turn.watch(self._done, 0, self._wake)
        for descriptor in (self._begin, self._say_begin, self._done, self._say_done):
            _os.close(descriptor)

    def _run(self) -> None:
        while True:
            _os.read(self._begin, 1)
            call, self._work = self._work, None
            if call is None:
                return
            try:
                self._outcome = (call(), None)
            except BaseException as error:
                self._outcome = (None, error)
            del call
            _os.write(self._say_done, b".")

    def _wake(self, _events: int) -> None:
        try:
            _os.read(self._done, 1)
        except BlockingIOError:
            return
        caller, self._caller = self._caller, None
        caller.switch()


class GreenWakeup:
    """A `Wakeup` for one greenlet, on the hub that it was made on. eventlet's own events are made of semaphores and
    conditions, which for a message alone in its batch cost a tenth of the commit."""

    def __init__(self) -> None:
        self._turn = current_loop()
        self._is_set = False
        self._sleeper: Any = None
        self._timer_at = NEVER

    def set(self) -> None:
        """Wakes the sleeper when all that has arrived is handled."""
        self._is_set = True
        sleeper, self._sleeper = self._sleeper, None
        if sleeper is not None:
            self._turn.call_last(sleeper.switch)

    def clear(self) -> None:
        self._is_set = False

    def wait(self, timeout: float | None = None) -> None:
        """Returns when it is set, or the time in seconds is over. It may return earlier."""
        if self._is_set:
            return
        self._sleeper = getcurrent()
        if timeout is not None:
            self._ring_in(timeout)
        self._turn.hub.switch()

    def give_way(self) -> None:
        """Returns when all that has arrived is handled."""
        self._turn.call_last(getcurrent().switch)
        self._turn.hub.switch()

    def _ring_in(self, seconds: float) -> None:
        # A timer stays when the sleeper is woken before its time, and serves the next wait: whoever is woken a thousand
        # times a second would make and cancel as many.
        at = monotonic() + seconds
        if at < self._timer_at:
            self._timer_at = at
            self._turn.hub.schedule_call_global(seconds, self._ring)

    def _ring(self) -> None:
        self._timer_at = NEVER
        self.set()


def _ignored(*_args: Any) -> None:
    """Never called: what it is for is never ready, nor recycled."""
