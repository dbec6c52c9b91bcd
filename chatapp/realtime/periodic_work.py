"""A thread or greenlet that works again and again until it is stopped."""

import threading
from collections.abc import Callable


class PeriodicWork:
    """`work` returns the seconds until it is called again. It handles its own errors."""

    def __init__(self, name: str, work: Callable[[], float]) -> None:
        self._work = work
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Waits until the work that is under way has ended."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            pause = self._work()
