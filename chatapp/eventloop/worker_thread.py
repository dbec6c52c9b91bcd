"""A native thread for blocking calls that are made thousands of times a second, one at a time.

Imports eventlet, so only a process in eventlet mode may import this module.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from chatapp.eventloop.event_loop import READ, current_loop
from chatapp.eventloop.unpatched import os, threading

Result = TypeVar("Result")


class WorkerThread:
    """One thread, for one caller at a time. Its owner must close it.

    A call costs a third of what it costs in eventlet's thread pool, whose queues and socket serve many calls at once,
    and it never queues behind another caller's.
    """

    def __init__(self) -> None:
        self._loop = current_loop()
        self._work: Callable[[], Any] | None = None
        self._outcome: tuple[Any, BaseException | None] = (None, None)
        self._caller: Any = None
        # Pipes in both directions, not locks: writing to a pipe releases the GIL to the thread that it wakes.
        self._work_reader, self._work_writer = os.pipe()
        self._done_reader, self._done_writer = os.pipe()
        os.set_blocking(self._done_reader, False)
        self._loop.watch(self._done_reader, READ, self._resume_caller)
        self._thread = threading.Thread(target=self._run, name="native", daemon=True)
        self._thread.start()

    def run(self, call: Callable[[], Result]) -> Result:
        """Returns what the call returns and raises what it raises. Blocks the greenlet, but not the event loop."""
        self._caller = self._loop.current()
        self._work = call
        os.write(self._work_writer, b".")
        self._loop.suspend()
        (result, error), self._outcome = self._outcome, (None, None)
        if error is not None:
            raise error
        found: Result = result
        return found

    def close(self) -> None:
        """Ends the thread. No call may be running."""
        os.write(self._work_writer, b".")
        self._thread.join()
        self._loop.watch(self._done_reader, 0, self._resume_caller)
        for descriptor in (self._work_reader, self._work_writer, self._done_reader, self._done_writer):
            os.close(descriptor)

    def _run(self) -> None:
        while True:
            os.read(self._work_reader, 1)
            call, self._work = self._work, None
            if call is None:
                return
            try:
                self._outcome = (call(), None)
            except BaseException as error:
                self._outcome = (None, error)
            del call
            os.write(self._done_writer, b".")

    def _resume_caller(self, _events: int) -> None:
        try:
            os.read(self._done_reader, 1)
        except BlockingIOError:
            return
        caller, self._caller = self._caller, None
        caller.switch()
