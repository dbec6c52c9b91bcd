"""An ack that comes later than its event."""

import threading
from collections.abc import Callable
from typing import Any


class DeferredAck:
    """Is set once, from any thread. Its callback, registered before or after that, is called once."""

    __slots__ = ("_callback", "_values")

    def __init__(self) -> None:
        self._values: list[Any] = []
        self._callback: Callable[[Any], None] | None = None

    def set(self, value: Any) -> None:
        self._values.append(value)
        self._fire()

    def when_set(self, callback: Callable[[Any], None]) -> None:
        self._callback = callback
        self._fire()

    def wait(self) -> Any:
        """Blocks until it is set. For callers that may block."""
        is_set = threading.Event()
        found: list[Any] = []

        def take(value: Any) -> None:
            found.append(value)
            is_set.set()

        self.when_set(take)
        is_set.wait()
        return found[0]

    def _fire(self) -> None:
        # list.pop is atomic: of a setter and a listener that race, one takes the value.
        if self._callback is None or not self._values:
            return
        try:
            value = self._values.pop()
        except IndexError:
            return
        self._callback(value)
