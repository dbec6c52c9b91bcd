"""What a client knows of one conversation, in a form in which two clients are compared."""

from dataclasses import dataclass, field
from typing import Any

HIDDEN = 2**40
DETAILS = ("topic", "description", "sharesHistory", "isPublic", "writers", "pinners", "retentionDays", "erasedSequence")


@dataclass
class Conversation:
    """A client's state of one conversation."""

    name: str = ""
    role: str = "member"
    details: dict[str, Any] = field(default_factory=dict)
    revision: int = 0
    last_sequence: int = 0
    read: int = 0
    members: dict[str, str] = field(default_factory=dict)
    watermarks: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    mentions: set[int] = field(default_factory=set)
    """The messages that mention the user, as far as they are known: all unread ones, and some others."""

    def erase(self) -> None:
        """Drops what is erased, also from answers to it."""
        last = self.details["erasedSequence"]
        self.messages = {sequence: message for sequence, message in self.messages.items() if sequence > last}
        self.mentions = {sequence for sequence in self.mentions if sequence > last}
        for message in self.messages.values():
            if message["quote"] and message["quote"]["sequence"] <= last:
                message["quote"] = {"sequence": message["quote"]["sequence"], "sender": None, "content": None}


def state_of(message: dict[str, Any]) -> dict[str, Any]:
    """What two clients must agree on. The events of a group that hides its history have no quotes."""
    reactions = message.get("reactions", [])
    return {
        "sender": message.get("sender"),
        "content": message.get("content"),
        "changed": message.get("changedRevision"),
        "edited": message.get("editedAt"),
        "deleted": (message.get("deletedAt"), message.get("deletedBy")),
        "pinned": (message.get("pinnedAt"), message.get("pinnedBy")),
        "reactions": {one["emoji"]: (one["count"], one["usernames"]) for one in reactions},
        "mine": {one["emoji"] for one in reactions if one.get("mine")},
        "quote": message.get("replyTo"),
        "thread": message.get("threadId"),
        # An event for all members does not say what a user voted for.
        "poll": {"mine": [], **message["poll"]} if "poll" in message else None,
        "forwarded": message.get("forwarded"),
        "files": message.get("files", []),
        "previews": message.get("linkPreviews", []),
        "mentions": [{**one, "mine": None} for one in message.get("mentions", [])],
    }


def comparable(known: Conversation) -> dict[int, dict[str, Any]]:
    """The messages. Events of a group that hides its history carry no text of an answered message, while pages do."""
    if known.details["sharesHistory"]:
        return known.messages
    return {
        sequence: {**message, "quote": message["quote"] and message["quote"]["sequence"]}
        for sequence, message in known.messages.items()
    }


def details_of(wire: dict[str, Any]) -> dict[str, Any]:
    return {name: wire[name] for name in DETAILS}


def sum_of(known: Conversation) -> int:
    if not known.watermarks:
        return known.read
    return sum(delivered + (HIDDEN if read is None else read) for delivered, read in known.watermarks.values())
