"""The callbacks of an iteration of the event loop, whatever goes wrong in it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

import eventlet
import pytest
from eventlet import hubs

from chatapp.eventloop.event_loop import MAX_CALLBACKS, READ, WRITE, current_loop
from chatapp.realtime.engine.message_pump import MessagePump


class Pipe(NamedTuple):
    readable: int
    writable: int


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe(*os.pipe())
    yield made
    for descriptor in made:
        if descriptor in current_loop()._watched:
            current_loop().watch(descriptor, 0, len)
        os.close(descriptor)


def test_a_callback_that_fails_keeps_no_other_from_being_called(caplog: pytest.LogCaptureFixture) -> None:
    loop = current_loop()
    done: list[str] = []
    for call in (loop.call_soon, loop.call_last):
        call(fail)
        call(lambda: done.append("after it"))
    eventlet.sleep(0.01)
    assert done == ["after it", "after it"]
    assert caplog.text.count("A callback failed") == 2


def test_a_callback_that_is_due_again_and_again_does_not_starve_timers() -> None:
    loop = current_loop()
    calls: list[int] = []
    is_over = False

    def again() -> None:
        calls.append(len(calls))
        if not is_over:
            loop.call_soon(again)

    loop.call_soon(again)
    eventlet.sleep(0.05)
    is_over = True
    # More than one iteration, with the sleep above as a timer in between.
    assert len(calls) > MAX_CALLBACKS


@pytest.mark.parametrize("ending", [SystemExit, KeyboardInterrupt])
def test_a_callback_that_asks_the_process_to_end_does_not_end_the_iterations(ending: type[BaseException]) -> None:
    loop = current_loop()
    done: list[str] = []

    def end() -> None:
        raise ending

    loop.call_soon(end)
    loop.call_soon(lambda: done.append("what was due with it"))
    with pytest.raises(ending):
        loop._run()
    loop.call_last(lambda: done.append("what came later"))
    eventlet.sleep(0.01)
    assert done == ["what was due with it", "what came later"]


def test_a_callback_that_fails_does_not_end_the_watching(caplog: pytest.LogCaptureFixture, pipe: Pipe) -> None:
    current_loop().watch(pipe.readable, READ, lambda _events: (os.read(pipe.readable, 1), fail()))
    for _ in range(2):
        os.write(pipe.writable, b".")
        eventlet.sleep(0.01)
    assert caplog.text.count("The callback of a file descriptor failed") == 2


def test_what_the_hub_listens_to_is_left_to_it(pipe: Pipe) -> None:
    os.write(pipe.writable, b".")
    # Looking again finds it too, and must not take it for something that it has taken in.
    late: list[str] = []
    current_loop().call_last(lambda: late.append("late"))
    hubs.trampoline(pipe.readable, read=True, timeout=1)
    assert late == ["late"]
    assert os.read(pipe.readable, 1) == b"."


def test_it_is_watched_for_what_was_asked_last(pipe: Pipe) -> None:
    """Of reading, writing, and neither."""
    heard: list[tuple[str, int]] = []
    loop = current_loop()
    loop.watch(pipe.writable, WRITE, lambda events: heard.append(("first", events)))
    eventlet.sleep(0.001)
    assert ("first", WRITE) in heard
    loop.watch(pipe.writable, READ, lambda events: heard.append(("second", events)))
    heard.clear()
    eventlet.sleep(0.001)
    assert heard == []
    loop.watch(pipe.writable, READ | WRITE, lambda events: heard.append(("third", events)))
    eventlet.sleep(0.001)
    assert set(heard) == {("third", WRITE)}
    loop.watch(pipe.writable, 0, lambda events: heard.append(("fourth", events)))
    heard.clear()
    eventlet.sleep(0.001)
    assert heard == []


def test_a_loop_whose_hub_listens_to_nothing_polls_what_is_watched() -> None:
    """In a process of its own: every other has something that listens."""
    code = """
import os
from chatapp.eventloop.patching import patch
patch()
from chatapp.clock import monotonic
from chatapp.eventloop.event_loop import READ, current_loop
readable, writable = os.pipe()
loop = current_loop()
caller = loop.current()
loop.watch(readable, READ, lambda _events: caller.switch())
os.write(writable, b".")
loop.call_later(30, caller.switch)
before = monotonic()
loop.suspend()
print(monotonic() - before < 15)
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "True\n", done.stderr


def test_another_of_eventlet_s_hubs_is_refused_in_words() -> None:
    code = "from chatapp.eventloop.event_loop import current_loop; current_loop()"
    environment = {**os.environ, "EVENTLET_HUB": "poll"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], env=environment, capture_output=True, text=True, timeout=60
    )
    assert "is EVENTLET_HUB set to another?" in done.stderr


def test_a_low_priority_descriptor_is_polled_once_an_iteration() -> None:
    """An HTTP client may ask again at once. An iteration that answers it four times delays messages as long."""
    own, peer = socket.socketpair()
    own.setblocking(False)
    order: list[str] = []

    def ready(_events: int) -> None:
        order.append(own.recv(100).decode())
        # Whoever is answered asks again, and leaves something for the end of this iteration.
        if len(order) < 4:
            peer.send(b"asked again")
            current_loop().call_last(lambda: order.append("late"))

    peer.send(b"asked")
    current_loop().watch(own.fileno(), READ, ready, is_low_priority=True)
    with eventlet.Timeout(5):
        while len(order) < 5:
            eventlet.sleep(0.01)
    assert order == ["asked", "late", "asked again", "late", "asked again"]
    current_loop().watch(own.fileno(), 0, ready)
    assert own.fileno() not in current_loop()._low_priority, "Its number may be a chat connection's next"
    own.close()
    peer.close()


class Odd(BaseException):
    """As eventlet's Timeout is: no Exception, and no wish for the process to end."""


@pytest.mark.parametrize("begun", ["soon", "late", "watched", "pumped"])
def test_what_is_no_exception_keeps_no_other_callback_from_being_called(begun: str) -> None:
    own, peer = socket.socketpair()
    pump = MessagePump()
    done: list[str] = []

    def fail(*_args: object) -> None:
        if begun == "watched":
            current_loop().watch(own.fileno(), 0, fail)
        raise Odd

    eventlet.sleep(0)  # the pump starts, and waits
    match begun:
        case "soon":
            current_loop().call_soon(fail)
        case "late":
            current_loop().call_last(fail)
        case "watched":
            peer.send(b"x")
            current_loop().watch(own.fileno(), READ, fail)
        case "pumped":
            pump.call(fail)
    eventlet.sleep(0.01)
    assert not pump.is_blocked
    pump.call(done.append, "pumped")
    current_loop().call_last(lambda: done.append("late"))
    eventlet.sleep(0.01)
    assert done == ["pumped", "late"]
    own.close()
    peer.close()


def fail() -> NoReturn:
    raise LookupError("a fault of ours")
