"""The event loop: eventlet's hub, with callbacks that run before the loop polls again.

Imports eventlet, so only a process in eventlet mode may import this module.
"""

import contextlib
import logging
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import eventlet
from eventlet import hubs
from eventlet.hubs import epolls
from greenlet import getcurrent, greenlet

from chatapp.eventloop.unpatched import os, select

log = logging.getLogger(__name__)

READ, WRITE = select.EPOLLIN, select.EPOLLOUT

MAX_EXTRA_POLLS = 3
"""How often one iteration polls again before it runs the callbacks of `call_last`."""

MAX_CALLBACKS = 1_000
"""Callbacks in one iteration. The rest run in the next one, so that callbacks cannot starve the hub's timers."""

PROCESS_EXITS = (KeyboardInterrupt, SystemExit)
"""Exceptions that end the process. A loop that goes on after any other error must let these pass."""


class Timer(Protocol):
    """A scheduled call."""

    def cancel(self) -> None:
        """Keeps the call from being made. Does nothing when it has been made."""


class EventLoop:
    """The event loop of one thread. `current_loop` returns it.

    The hub runs a callback by a timer, which costs another iteration; a private message took four of them. `call_soon`
    and `call_last` run a callback in the current iteration instead: `call_soon` for handling and sending, `call_last`
    for expensive work that can be batched. The loop handles everything that has arrived before it runs the latter.

    `watch` polls a file descriptor in the same system call as the hub's own, but does not go through the hub's
    listeners, which cost as much as reading an ack.
    """

    current: Callable[[], Any] = staticmethod(getcurrent)
    """Returns the running greenlet. Its `switch` resumes it after `suspend`."""

    sleep: Callable[[float], None] = staticmethod(eventlet.sleep)
    """Suspends the running greenlet for some seconds. 0 lets everything else run that is ready."""

    def __init__(self, hub: Any) -> None:
        self._hub = hub
        # The hub's own method: hot paths suspend through it, and a method around it would cost each of them a call.
        self.suspend: Callable[[], object] = hub.switch
        """Suspends the running greenlet until its `switch` is called."""
        self._soon: deque[Callable[[], object]] = deque()
        self._last: deque[Callable[[], object]] = deque()
        self._turns: deque[Any] = deque()
        """The greenlets that wait for a turn."""
        self._is_iterating = False
        self._watched: dict[int, Callable[[int], object]] = {}
        self._low_priority: set[int] = set()
        self._epoll = hub.poll
        hub.do_poll = self._poll
        # Keeps the hub polling, which it does only while it listens to a descriptor.
        self._never_ready = os.eventfd(0)
        hub.add(hub.READ, self._never_ready, _ignore, _ignore, None).greenlet = hub.greenlet

    def call_soon(self, call: Callable[[], object]) -> None:
        """Runs a callback before the loop polls again, or in the next iteration when none is running."""
        self._soon.append(call)
        self._ensure_iteration()

    def call_last(self, call: Callable[[], object]) -> None:
        """As `call_soon`, but after all other callbacks of the iteration."""
        self._last.append(call)
        self._ensure_iteration()

    def call_later(self, seconds: float, call: Callable[..., object], *arguments: Any) -> Timer:
        """Runs a callback once, after a delay."""
        timer: Timer = self._hub.schedule_call_global(seconds, call, *arguments)
        return timer

    def take_turn(self) -> None:
        """Suspends the running greenlet until its turn comes. Each iteration resumes one of those that wait.

        This is for transfers of many bytes: however many there are, they make an iteration longer by one piece.
        """
        waiting = getcurrent()
        self._turns.append(waiting)
        if len(self._turns) == 1:
            self._hub.schedule_call_global(0, self._next_turn)
        try:
            self.suspend()
        except BaseException:
            with contextlib.suppress(ValueError):
                self._turns.remove(waiting)
            raise

    def spawn(self, call: Callable[..., object], *arguments: Any) -> None:
        """Starts a call in a new greenlet, in the next iteration."""
        self._hub.schedule_call_global(0, self.make_greenlet(call).switch, *arguments)

    def make_greenlet(self, call: Callable[..., object]) -> Any:
        """Returns a greenlet that starts when its `switch` is called first, and returns to the loop when it ends."""
        return greenlet(call, self._hub.greenlet)

    def watch(
        self, descriptor: int, events: int, ready: Callable[[int], object], *, is_low_priority: bool = False
    ) -> None:
        """Calls `ready` with the events of a file descriptor whenever it is ready to READ or WRITE, or has an error.

        `events` is READ, WRITE, both, or 0 to stop, which has to happen before the descriptor is closed. The hub must
        not listen to the same descriptor. The callback must not wait.

        A low-priority descriptor is polled once an iteration. If it becomes ready during one, it waits for the next.
        This is for expensive requests, so that clients who send them without a pause do not make iterations long.
        """
        if descriptor not in self._watched:
            if events:
                self._epoll.register(descriptor, events)
                self._watched[descriptor] = ready
                if is_low_priority:
                    self._low_priority.add(descriptor)
        elif events:
            self._epoll.modify(descriptor, events)
            self._watched[descriptor] = ready
        else:
            del self._watched[descriptor]
            self._low_priority.discard(descriptor)
            with contextlib.suppress(OSError):
                self._epoll.unregister(descriptor)

    def forget_closed(self, descriptor: int) -> None:
        """Drops the hub's listeners of a closed descriptor that had the number of this one, which was just opened."""
        self._hub.mark_as_reopened(descriptor)

    def _next_turn(self) -> None:
        if not self._turns:
            return
        # Linux lets a busy thread run on for up to 3 ms. Messages would wait that long whenever the thread that commits
        # them has waited for the disk.
        os.sched_yield()
        waiting = self._turns.popleft()
        if self._turns:
            self._hub.schedule_call_global(0, self._next_turn)
        waiting.switch()

    def _poll(self, seconds: float) -> list[tuple[int, int]]:
        """Replaces the hub's poll. Returns the events of the descriptors that the hub itself listens to."""
        ready = self._epoll.poll(seconds)
        self._is_iterating = True
        try:
            return self._dispatch(ready)
        finally:
            self._run()

    def _dispatch(self, ready: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Calls the callbacks of watched descriptors. Returns the events of the others."""
        others = []
        for descriptor, events in ready:
            call = self._watched.get(descriptor)
            if call is None:
                others.append((descriptor, events))
                continue
            try:
                call(events)
            except PROCESS_EXITS:
                raise
            except BaseException:
                # eventlet's Timeout is not an Exception, and a greenlet that was switched to may not have caught it.
                log.exception("The callback of a file descriptor failed")
        return others

    def _ensure_iteration(self) -> None:
        if not self._is_iterating:
            self._is_iterating = True
            self._hub.schedule_call_global(0, self._run)

    def _run(self) -> None:
        try:
            self._run_callbacks()
        finally:
            # Also when the process is about to exit: its last writes need further iterations.
            self._is_iterating = False
            if self._soon or self._last:
                self._ensure_iteration()

    def _run_callbacks(self) -> None:
        polls_left = MAX_EXTRA_POLLS
        for _ in range(MAX_CALLBACKS):
            try:
                if self._soon:
                    self._soon.popleft()()
                elif not self._last:
                    return
                elif polls_left:
                    polls_left -= 1
                    polls_left = polls_left if self._poll_again() else 0
                else:
                    self._last.popleft()()
            except PROCESS_EXITS:
                raise
            except BaseException:
                # See `_dispatch`.
                log.exception("A callback failed")

    def _poll_again(self) -> bool:
        """Handles what has arrived during the iteration. Returns whether anything had."""
        # The low-priority descriptors, and the hub's own, are still ready at the next poll.
        ready = [pair for pair in self._epoll.poll(0) if pair[0] not in self._low_priority]
        return len(self._dispatch(ready)) < len(ready)


def current_loop() -> EventLoop:
    """Returns the event loop of this thread."""
    hub = hubs.get_hub()
    found: EventLoop | None = getattr(hub, "chatapp_event_loop", None)
    if found is None:
        if not isinstance(hub, epolls.Hub):
            raise RuntimeError("eventlet's epoll hub is needed; is EVENTLET_HUB set to another?")
        found = hub.chatapp_event_loop = EventLoop(hub)
    return found


def _ignore(*_arguments: Any) -> None:
    """The callback of a descriptor that is never ready."""
