"""Which groups this process has announced: two roads lead there, a notice and a client's own word."""

import threading
from collections import OrderedDict

KEPT = 10_000


class AnnouncedGroups:
    """The newest KEPT groups. An older one that a client announces again is told again, which is harmless."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: OrderedDict[int, None] = OrderedDict()

    def is_first(self, conversation_id: int) -> bool:
        with self._lock:
            if conversation_id in self._ids:
                return False
            self._ids[conversation_id] = None
            while len(self._ids) > KEPT:
                self._ids.popitem(last=False)
            return True
