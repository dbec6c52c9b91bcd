"""The state of a message beyond its text: what changed since it was stored, and which message it answers."""

from dataclasses import dataclass, field

QUOTE_CHARACTERS = 200
"""Characters of an answered message that a quote shows."""


@dataclass(slots=True)
class ReactionCount:
    """One emoji under a message: how many users reacted with it, and the usernames of the first of them.

    `is_own`: the reader is one of them; None in an event for all members.
    """

    emoji: str
    count: int = 0
    usernames: list[str] = field(default_factory=list)
    is_own: bool | None = None


@dataclass(slots=True)
class Quote:
    """The message that another one answers. `content` is the beginning of its text, and empty if it was deleted. None
    means that the reader may not see the message."""

    sequence: int
    sender: str | None
    content: str | None


@dataclass(slots=True)
class MessageState:
    """Instants are in microseconds since 1970 UTC. `changed_revision` is None for a message that only has a quote."""

    changed_revision: int | None = None
    content_revision: int | None = None
    edited_at: int | None = None
    deleted_at: int | None = None
    deleted_by: str | None = None
    pinned_at: int | None = None
    pinned_by: str | None = None
    reactions: list[ReactionCount] = field(default_factory=list)
    quote: Quote | None = None
    thread_id: int | None = None
