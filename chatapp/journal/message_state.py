"""The state of a message beyond its text: what changed since it was stored, and which message it answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

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
    file: "QuotedFile | None" = None


@dataclass(frozen=True, slots=True)
class QuotedFile:
    """The first file of an answered message."""

    name: str
    kind: str


@dataclass(slots=True)
class FileState:
    """A file of a message. `previews` are widths and heights, in ascending order. `milliseconds` and `waveform` are
    what the sender says of a sound; the values of the waveform are from 0 to 100."""

    blob_hash: str
    size: int
    kind: str
    content_type: str
    width: int | None
    height: int | None
    placeholder: str | None
    previews: tuple[tuple[int, int], ...]
    name: str
    alt: str
    milliseconds: int | None
    waveform: tuple[int, ...]
    is_voice: bool


def file_state(own: Sequence[Any], blob: Sequence[Any]) -> FileState:
    """Of rows: `own` has the name, the alternative text, the width, the height, the milliseconds, the waveform and
    whether it is a voice message; `blob` the hash, the size, the kind, the type, the width, the height, the placeholder
    and the previews."""
    name, alt, width, height, milliseconds, waveform, is_voice = own
    blob_hash, size, kind, content_type, blob_width, blob_height, placeholder, previews = blob
    return FileState(
        blob_hash,
        size,
        kind,
        content_type,
        blob_width or width,
        blob_height or height,
        placeholder,
        sizes_in(previews),
        name,
        alt,
        milliseconds,
        tuple(map(int, waveform.split())),
        bool(is_voice),
    )


def sizes_in(text: str) -> tuple[tuple[int, int], ...]:
    """`320x240 960x720` as widths and heights."""
    pairs = (size.split("x") for size in text.split())
    return tuple((int(width), int(height)) for width, height in pairs)


@dataclass(slots=True)
class PollState:
    """A poll with its votes. `counts` and `voters`, the first usernames, are by option; `voters` are empty in an
    anonymous poll. `own` has the options that the reader voted for; None in an event for all members."""

    question: str
    options: tuple[str, ...]
    is_multiple: bool
    is_anonymous: bool
    closes_at: int | None
    closed_at: int | None = None
    voter_count: int = 0
    counts: list[int] = field(init=False)
    voters: list[list[str]] = field(init=False)
    own: list[int] | None = None

    def __post_init__(self) -> None:
        self.counts = [0] * len(self.options)
        self.voters = [[] for _ in self.options]


@dataclass(frozen=True, slots=True)
class Voter:
    """A user whose vote changed, and the options that they vote for now."""

    user_id: int
    username: str
    options: list[int]


@dataclass(slots=True)
class Forwarded:
    """Who wrote a forwarded message, and when it was sent."""

    sender: str
    sent_at: int


@dataclass(slots=True)
class MentionPlace:
    """A mention: its range in the text, in UTF-16 code units, and whom it mentions: a user, all members (`kind` of
    `group`), or those who were online (`here`). `is_own`: `@here` mentions the reader; None in an event for all."""

    start: int
    end: int
    username: str | None
    kind: str
    is_own: bool | None = None


@dataclass(slots=True)
class MessageState:
    """Instants are in microseconds since 1970 UTC. `changed_revision` is None for a message that only has a quote or
    mentions, and that of the message itself for a new poll or new files."""

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
    poll: PollState | None = None
    forwarded: Forwarded | None = None
    mentions: list[MentionPlace] = field(default_factory=list)
    files: list[FileState] = field(default_factory=list)
