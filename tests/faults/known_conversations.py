"""What a device knows of its conversations: enough to ask for what is newer."""

import threading
from dataclasses import dataclass, field
from typing import Any

Place = tuple[str, bool]
"""A receiver, and whether it is a group."""


@dataclass
class _Conversation:
    revision: int = 0
    watermarks: int = 0
    last: int = 0
    """The sequence up to which nothing is missing."""
    sequences: set[int] = field(default_factory=set)


class KnownConversations:
    """Safe to use from any thread."""

    def __init__(self, username: str) -> None:
        self._username = username
        self._user_revision = 0
        self._places: dict[Place, _Conversation] = {}
        self._lock = threading.Lock()

    def add(self, messages: list[dict[str, Any]]) -> None:
        """Takes messages over, in any order."""
        with self._lock:
            for message in messages:
                known = self._places.setdefault(self._place_of(message), _Conversation())
                known.sequences.add(message["sequence"])
                while known.last + 1 in known.sequences:
                    known.last += 1
                if message["revision"] == known.revision + 1 and known.revision:
                    known.revision += 1

    def last(self, receiver: str, group: bool) -> int:
        """The sequence up to which nothing of the conversation is missing."""
        with self._lock:
            return self._places.setdefault((receiver, group), _Conversation()).last

    def places(self) -> list[Place]:
        with self._lock:
            return list(self._places)

    def question(self) -> dict[str, Any]:
        """The payload of a sync."""
        with self._lock:
            conversations = [
                {"receiver": receiver, "group": group, "revision": known.revision, "watermarks": known.watermarks}
                for (receiver, group), known in self._places.items()
            ]
            return {"userRevision": self._user_revision, "conversations": conversations}

    def learn(self, answer: dict[str, Any]) -> list[Place]:
        """Takes the answer to a sync over. Returns the conversations whose messages it leaves to be fetched."""
        behind = []
        for one in answer["conversations"]:
            self.add([change["message"] for change in one["changes"] if change["kind"] == "message"])
            with self._lock:
                place = (one["receiver"], one["group"])
                known = self._places.setdefault(place, _Conversation())
                known.revision = max(known.revision, one["revision"])
                known.watermarks = sum(mark["deliveredSequence"] + mark["readSequence"] for mark in one["members"])
            if one["startOver"]:
                behind.append(place)
        with self._lock:
            self._user_revision = answer["userRevision"]
        return behind

    def _place_of(self, message: dict[str, Any]) -> Place:
        if message["receiver"].isdigit():
            return message["receiver"], True
        return message["receiver"] if message["sender"] == self._username else message["sender"], False
