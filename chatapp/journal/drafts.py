"""Inputs and results of the journal: message drafts, stored messages and watermarks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from chatapp.errors import ChatError
from chatapp.journal.message_state import MessageState

# Not frozen, because a frozen dataclass takes several times as long to create. Each message needs a draft and a result.


@dataclass(slots=True)
class PollDraft:
    """The poll of a message. `closes_at` is in microseconds since 1970 UTC."""

    question: str
    options: tuple[str, ...]
    is_multiple: bool
    is_anonymous: bool
    closes_at: int | None


@dataclass(slots=True)
class FileDraft:
    """A file of a message: an upload, and what the sender says of it. `waveform` has values from 0 to 100, separated by
    spaces."""

    upload_id: str
    alt: str
    width: int | None
    height: int | None
    milliseconds: int | None
    waveform: str
    is_voice: bool


@dataclass(slots=True)
class MessageDraft:
    """A message that has no sequence yet. `receiver` is a username, or with `is_group` a conversation id as text."""

    sender_id: int
    sender: str
    receiver: str
    is_group: bool
    content: str
    client_id: str | None = None
    is_awaited: bool = False
    """Whether the sender's ack waits for the recipients' confirmations, as the ack of a socket event does."""
    reply_to: int | None = None
    """The sequence of the answered message."""
    poll: PollDraft | None = None
    is_scheduled: bool = False
    """Whether the scheduled message with this client id is sent: the journal takes its text in the transaction."""
    must_be_due: bool = False
    """Whether the scheduled message is refused if it does not wait any more, or if its time was put off."""
    forwards: str | None = None
    """The id of the message whose text is copied, in place of `content`."""
    files: tuple[FileDraft, ...] = ()
    quota_bytes: int = 0
    """What all files of the sender may take with those of the forwarded message; 0: no limit."""


@dataclass(slots=True)
class StoredMessage:
    """A committed message. `created_at` is in microseconds since 1970 UTC. `revision` is the conversation's revision
    that stored it. `is_repeat`: an earlier attempt with the same client id stored it. `state` is None for a message
    that never changed, answers none, mentions nobody and has no files."""

    conversation_id: int
    sequence: int
    sender_id: int
    sender: str
    receiver: str
    is_group: bool
    content: str
    client_id: str | None
    created_at: int
    revision: int
    is_repeat: bool = False
    is_awaited: bool = False
    state: MessageState | None = None

    @property
    def message_id(self) -> str:
        """`<conversation id>-<sequence>`. It is unique, since sequences are never reused."""
        return f"{self.conversation_id}-{self.sequence}"

    @property
    def file_names(self) -> list[str]:
        return [] if self.state is None else [file.name for file in self.state.files]


Outcome = StoredMessage | ChatError
"""The result for a draft: the stored message, or the error for the sender."""


@dataclass(slots=True)
class ReactionDraft:
    """A user's reaction to a message, which is added, or taken back if it is not `is_on`."""

    user_id: int
    message_id: str
    emoji: str
    is_on: bool


@dataclass(slots=True)
class VoteDraft:
    """A user's vote in a poll, which replaces an earlier one. `options` are counted from 0; none takes it back."""

    user_id: int
    message_id: str
    options: tuple[int, ...]


FeedbackDraft = ReactionDraft | VoteDraft


@dataclass(slots=True)
class TouchedMessage:
    """A message to which a batch has stored feedback. All callers of the batch share it, and `reading`: what the
    first of them reads after the commit, under the lock. `direct_key` is None for a group."""

    conversation_id: int
    sequence: int
    direct_key: str | None
    reading: Any = None
    lock: Lock = field(default_factory=Lock)


@dataclass(slots=True)
class StoredFeedback:
    """The message that has the feedback now, and the last sequence that is hidden from the caller."""

    message: TouchedMessage
    hidden_up_to: int


FeedbackOutcome = StoredFeedback | ChatError
"""The result for a draft of feedback: the message, or the error for the caller."""


@dataclass(slots=True)
class Watermark:
    """The highest sequences that were delivered to a member and that the member read."""

    delivered: int = 0
    read: int = 0


WatermarkUpdates = Mapping[tuple[int, int], Watermark]
"""Raised watermarks by conversation id and user id."""
