"""Joins changes that follow each other quickly, such as a thousand reactions, into few events."""

import time
from collections.abc import Callable
from dataclasses import replace

from chatapp.notices import ConversationChanged

INTERVAL_SECONDS = 0.2
"""Shortest interval between two events of this kind in one conversation."""


class Bursts:
    """The first change of a conversation is sent at once, and those of the next INTERVAL_SECONDS together.

    A message in between is not held up, and the order stays: `FanOut` sends the changes before a message first.
    """

    def __init__(
        self, send: Callable[[ConversationChanged], None], start: Callable[[Callable[[], None]], object]
    ) -> None:
        self._send = send
        self._start = start
        self._waiting: dict[int, ConversationChanged | None] = {}
        """The conversations of which a change was sent just now, with what has come since."""

    def add(self, notice: ConversationChanged) -> None:
        """Sends the notice's changes, now or soon."""
        number = notice.conversation_id
        if number not in self._waiting:
            self._waiting[number] = None
            self._send(notice)
            self._start(lambda: self._wait(number))
            return
        waiting = self._waiting[number]
        if waiting is not None:
            notice = replace(
                notice,
                first=min(waiting.first, notice.first),
                last=max(waiting.last, notice.last),
                last_sequence=max(waiting.last_sequence, notice.last_sequence),
            )
        self._waiting[number] = notice

    def _wait(self, number: int) -> None:
        while True:
            time.sleep(INTERVAL_SECONDS)
            notice = self._waiting[number]
            if notice is None:
                del self._waiting[number]
                return
            self._waiting[number] = None
            self._send(notice)
