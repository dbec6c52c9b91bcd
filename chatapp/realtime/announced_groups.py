"""The groups that this process announced. A notice and the client's `createGroup` event both cause an announcement."""

import threading
from collections import OrderedDict

REMEMBERED_GROUPS = 10_000


class AnnouncedGroups:
    """Remembers the newest REMEMBERED_GROUPS. A second announcement of an older group is harmless."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: OrderedDict[int, None] = OrderedDict()

    def add(self, conversation_id: int) -> bool:
        """Remembers a group. Returns whether it was not announced before."""
        with self._lock:
            if conversation_id in self._ids:
                return False
            self._ids[conversation_id] = None
            while len(self._ids) > REMEMBERED_GROUPS:
                self._ids.popitem(last=False)
            return True
