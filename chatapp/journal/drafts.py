"""What goes into the journal, and what comes out of it."""

from dataclasses import dataclass

from chatapp.errors import ChatError

# Neither is frozen: that makes a dataclass several times as slow to build, and there is one of each for every message.


@dataclass(slots=True)
class MessageDraft:
    """A message before it has a place. `receiver` is a username, or with `is_group` a conversation's id as text."""

    sender_id: int
    sender: str
    receiver: str
    is_group: bool
    content: str
    client_id: str | None = None
    is_awaited: bool = False
    """Whether the sender waits for the recipients' confirmations: the ack of a socket event does."""


@dataclass(slots=True)
class StoredMessage:
    """A committed message. `created_at` is in microseconds since 1970 UTC. `revision` is the conversation's at which it
    was stored. `is_repeat`: an earlier attempt stored it."""

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

    @property
    def message_id(self) -> str:
        """`<conversation>-<sequence>`: unique for good, since sequences are dense and never reused."""
        return f"{self.conversation_id}-{self.sequence}"


Outcome = StoredMessage | ChatError
"""What became of a draft."""


@dataclass(slots=True)
class Watermark:
    """How far a member has been delivered and has read; joined with another, the higher of each wins."""

    delivered: int = 0
    read: int = 0
