"""Calls in the background, in a process that eventlet has patched."""

import subprocess
import sys

PATCHED = "import eventlet; eventlet.monkey_patch()\n"


def run(script: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PATCHED + script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_call_in_the_background_has_a_lower_priority_and_gives_what_it_returns_or_raises() -> None:
    assert run("""
import os
from chatapp.eventloop.thread_pool import run_in_background, run_in_thread
own = lambda step=0: os.getpriority(os.PRIO_PROCESS, 0) + step
start = own()
print(run_in_background(own) - start, run_in_background(own, step=1) - start, run_in_thread(own) - start, own() - start)
try:
    run_in_background(int, "x")
except ValueError:
    print("raised")
""") == ["10", "11", "0", "0", "raised"]


def test_calls_in_the_background_are_few_at_once_and_block_neither_the_event_loop_nor_others() -> None:
    assert run("""
import time
from eventlet import patcher
from chatapp.eventloop import thread_pool
from chatapp.eventloop.thread_pool import BACKGROUND_THREADS, run_in_background, run_in_thread
thread_pool.BACKGROUND_SECONDS = 0.2
end = patcher.original("threading").Event()
holding = [eventlet.spawn(run_in_background, end.wait) for _ in range(BACKGROUND_THREADS)]
eventlet.sleep(0)
try:
    run_in_background(int)
except TimeoutError:
    print("refused")
print(run_in_thread(int))
end.set()
print(*(one.wait() for one in holding))
print(run_in_background(int))
""") == ["refused", "0", *["True"] * 4, "0"]
