"""A conversation that is locked while a batch of messages is stored."""

from chatapp.models.conversation import EVERYBODY


class LockedConversation:
    """A locked conversation with its counters, including the messages of the batch so far. `writers` is the group's
    setting; of a thread it is that of the conversation `parent_id`. `is_blocked`: of the two people in the direct
    conversation, or in that of the thread, one blocks the other."""

    __slots__ = (
        "conversation_id",
        "has_new_messages",
        "is_blocked",
        "last_sequence",
        "parent_id",
        "revision",
        "shares_history",
        "stored_sequence",
        "writers",
    )

    def __init__(
        self,
        conversation_id: int,
        last_sequence: int,
        revision: int,
        shares_history: bool = True,
        writers: str = EVERYBODY,
        parent_id: int | None = None,
        is_blocked: bool = False,
    ) -> None:
        self.conversation_id = conversation_id
        self.last_sequence = self.stored_sequence = last_sequence
        self.shares_history = shares_history
        self.revision = revision
        self.writers = writers
        self.parent_id = parent_id
        self.is_blocked = is_blocked
        self.has_new_messages = False
