"""A connection that a thread reads all the time, as a real client does."""

import json
import threading

from tests.engine.raw_websocket import Raw, confirm


class Reading(threading.Thread):
    """Reads a connection until it ends, confirms messages, and records their sequences."""

    def __init__(self, raw: Raw) -> None:
        super().__init__(daemon=True)
        self.raw = raw
        self.sequences: list[int] = []
        self.acks: set[int] = set()
        self.start()

    def run(self) -> None:
        try:
            while True:
                text = self.raw.text()
                if text.startswith("42/chat,") and (answer := confirm(text)) is not None:
                    self.sequences.append(json.loads(text[text.index("[") :])[1]["response"]["sequence"])
                    self.raw.send_text(answer)
                elif text.startswith("43/chat,"):
                    self.acks.add(int(text[8 : text.index("[")]))
        except (AssertionError, OSError):
            return


def talk(reading: Reading, payload: dict[str, str], number: int) -> None:
    """Sends messages to a group, only a few ahead of reading them, so that the sender is not a slow reader itself."""
    for at in range(number):
        reading.raw.event(at, "groupMessage", payload)
        while len(reading.sequences) < at - 8:
            threading.Event().wait(0.005)
