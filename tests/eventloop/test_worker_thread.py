"""How greenlets hand work to a native thread, and sleep until there is some."""

import os
import threading
import time
from collections.abc import Callable, Iterator

import eventlet
import pytest

from chatapp.eventloop.event_loop import current_loop
from chatapp.eventloop.wakeup import GreenWakeup, make_wakeup
from chatapp.eventloop.worker_thread import WorkerThread
from tests.people import wait_until

PATIENCE_SECONDS = 5


@pytest.fixture
def native() -> Iterator[WorkerThread]:
    thread = WorkerThread()
    yield thread
    thread.close()


def fail() -> None:
    raise LookupError("as it was raised")


def test_a_call_runs_in_another_thread_and_its_outcome_comes_back(native: WorkerThread) -> None:
    found = eventlet.spawn(native.run, threading.get_ident).wait()
    assert found != threading.get_ident()
    assert eventlet.spawn(native.run, threading.get_ident).wait() == found, "the same one each time"
    with pytest.raises(LookupError, match="as it was raised"):
        eventlet.spawn(native.run, fail).wait()
    assert eventlet.spawn(native.run, lambda: "and on it goes").wait() == "and on it goes"


def test_the_event_loop_goes_on_while_a_call_waits(native: WorkerThread) -> None:
    began, may_end = threading.Event(), threading.Event()

    def wait() -> bool:
        began.set()
        return may_end.wait(PATIENCE_SECONDS)

    running = eventlet.spawn(native.run, wait)
    while not began.is_set():
        eventlet.sleep(0)
    may_end.set()  # by this greenlet, which could not if the call held up the event loop
    assert running.wait() is True


def test_a_closed_one_leaves_no_thread_and_no_descriptor() -> None:
    eventlet.sleep(0)
    threads, descriptors = _native_threads(), _descriptors()
    for _ in range(20):
        one = WorkerThread()
        eventlet.spawn(one.run, int).wait()
        one.close()
    # The system takes its time to see that a thread is at its end.
    wait_until(lambda: _native_threads() <= threads, "the threads are gone")
    assert _descriptors() <= descriptors


def _native_threads() -> int:
    return len(os.listdir("/proc/self/task"))


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


class Sleeper:
    """A greenlet that counts how often it woke."""

    def __init__(self, timeout: float | None = None) -> None:
        self.wakeup = GreenWakeup()
        self.woke = 0
        self.greenlet = eventlet.spawn(self._run, timeout)
        eventlet.sleep(0)

    def _run(self, timeout: float | None) -> None:
        while True:
            self.wakeup.clear()
            self.wakeup.wait(timeout)
            self.woke += 1


def test_who_is_woken_several_times_at_once_wakes_once() -> None:
    one = Sleeper()
    for _ in range(3):
        one.wakeup.set()
    assert one.woke == 0, "in the next iteration, and not in the middle of this one"
    eventlet.sleep(0.01)
    assert one.woke == 1
    one.wakeup.set()
    eventlet.sleep(0.01)
    assert one.woke == 2
    one.greenlet.kill()


def test_what_was_set_before_the_wait_ends_it_at_once() -> None:
    wakeup = GreenWakeup()
    wakeup.set()
    wakeup.wait()
    wakeup.wait()


def test_a_wait_ends_when_its_time_is_over() -> None:
    one = Sleeper(timeout=0.02)
    assert sleep_until(lambda: one.woke >= 3)
    one.greenlet.kill()


def sleep_until(is_true: Callable[[], bool]) -> bool:
    """Whether it came true while the event loop went on."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_true() and time.monotonic() < deadline:
        eventlet.sleep(0.01)
    return is_true()


def test_a_sleeper_that_is_woken_often_keeps_one_timer() -> None:
    one = Sleeper(timeout=0.05)
    timers = len(one.wakeup._loop._hub.timers)
    for _ in range(10):
        one.wakeup.set()
        eventlet.sleep(0)
    assert one.woke == 10
    assert len(one.wakeup._loop._hub.timers) <= timers + 1
    assert sleep_until(lambda: one.woke > 10), "the time is over all the same"
    one.greenlet.kill()


def test_a_wait_that_is_shorter_than_the_one_before_it_ends_in_its_own_time() -> None:
    wakeup = GreenWakeup()
    woke: list[float] = []

    def sleep_twice() -> None:
        wakeup.wait(60.0)
        wakeup.clear()
        wakeup.wait(0.02)
        woke.append(time.monotonic())

    sleeper = eventlet.spawn(sleep_twice)
    eventlet.sleep(0)
    wakeup.set()
    assert sleep_until(lambda: bool(woke))
    sleeper.kill()


def test_who_gives_way_comes_after_what_is_due_and_need_not_be_woken() -> None:
    order: list[str] = []
    wakeup = GreenWakeup()

    def last() -> None:
        current_loop().call_soon(lambda: order.append("due"))
        wakeup.let_others_run()
        order.append("gave way")

    eventlet.spawn(last).wait()
    assert order == ["due", "gave way"]


def test_a_process_of_threads_sleeps_as_threads_do() -> None:
    wakeup = make_wakeup()
    wakeup.let_others_run()
    sleeper = threading.Thread(target=wakeup.wait)
    sleeper.start()
    wakeup.set()
    sleeper.join(PATIENCE_SECONDS)
    assert not sleeper.is_alive()
