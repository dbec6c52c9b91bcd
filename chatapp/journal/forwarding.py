"""Forwarded messages: finds the original through the sender's membership, and stores where the copy comes from."""

from dataclasses import dataclass, field
from typing import Any

from chatapp.database import WriterConnection
from chatapp.errors import ChatError, MessageDeleted, NotFound
from chatapp.journal.drafts import MessageDraft, StoredMessage
from chatapp.journal.message_files import MessageFiles, with_files
from chatapp.journal.message_state import FileState, Forwarded, MessageState
from chatapp.models.conversation import parse_message_id

# A copy of a copy names the first author, and leads to the first place.
ORIGINAL = """SELECT m.content, m.deleted_at, COALESCE(m.forwarded_from_id, m.sender_id),
COALESCE(m.forwarded_at, m.created_at), COALESCE(m.origin_conversation_id, m.conversation_id),
COALESCE(m.origin_sequence, m.sequence), u.username
FROM message m JOIN conversation c ON c.id = m.conversation_id
JOIN membership mm ON mm.conversation_id = m.conversation_id AND mm.user_id = ?
JOIN "user" u ON u.id = COALESCE(m.forwarded_from_id, m.sender_id)
WHERE m.conversation_id = ? AND m.sequence = ? AND (c.shares_history OR m.sequence > mm.joined_sequence)"""

MARK = """UPDATE message SET forwarded_from_id = ?, forwarded_at = ?, origin_conversation_id = ?, origin_sequence = ?
WHERE conversation_id = ? AND sequence = ?"""

FORWARDED = """SELECT u.username, m.forwarded_at FROM message m JOIN "user" u ON u.id = m.forwarded_from_id
WHERE m.conversation_id = ? AND m.sequence = ?"""


@dataclass(frozen=True, slots=True)
class Origin:
    """The text and the files to forward, who wrote it, when it was sent (microseconds since 1970 UTC), and where."""

    content: str
    sender_id: int
    sent_at: int
    conversation_id: int
    sequence: int
    sender: str
    files: list[FileState] = field(default_factory=list)

    def state_at(self, revision: int) -> MessageState | None:
        """The state of a copy that is stored at this revision."""
        return with_files(MessageState(forwarded=Forwarded(self.sender, self.sent_at)), revision, self.files)


class Forwarding:
    """The forwarded messages of one batch."""

    def __init__(self, connection: WriterConnection, files: MessageFiles) -> None:
        self._connection = connection
        self._files = files
        # PostgreSQL: nobody deletes the original between its text and its files.
        self._original = ORIGINAL if connection.is_sqlite else ORIGINAL + " FOR SHARE OF m"
        self._copies: list[tuple[StoredMessage, Origin]] = []

    def origin_of(self, draft: MessageDraft) -> Origin | ChatError | None:
        """The message that a draft forwards; None if it forwards none. Read in the batch's transaction, so that a retry
        of a stored copy succeeds after the original was deleted."""
        if draft.forwards is None:
            return None
        place = parse_message_id(draft.forwards)
        row = None if place is None else self._one(self._original, (draft.sender_id, *place))
        if row is None or place is None:
            return NotFound("There is no such message to forward.", messageId=draft.forwards)
        content, deleted_at, *source = row
        if deleted_at is not None:
            return MessageDeleted("The message was deleted.", messageId=draft.forwards)
        sender_id, sent_at, conversation_id, sequence, sender = source
        files = self._files.of_original(*place)
        if files and draft.quota_bytes and (refusal := self._files.refusal_of(files, draft)):
            return refusal
        return Origin(content, sender_id, sent_at, conversation_id, sequence, sender, files)

    def add(self, copy: StoredMessage, origin: Origin | None) -> StoredMessage:
        """Remembers a numbered copy. Returns it."""
        if origin is not None:
            self._copies.append((copy, origin))
        return copy

    def store(self) -> None:
        """Stores where the inserted copies come from. Not a part of their insertion, which all messages pay for."""
        for copy, origin in self._copies:
            place = (copy.conversation_id, copy.sequence)
            source = (origin.sender_id, origin.sent_at, origin.conversation_id, origin.sequence)
            self._connection.execute(MARK, (*source, *place))

    def of_repeat(self, message: StoredMessage) -> StoredMessage:
        """A copy that an earlier attempt stored, with its state."""
        row = self._one(FORWARDED, (message.conversation_id, message.sequence))
        if row is not None:
            message.state = MessageState(forwarded=Forwarded(*row))
        return message

    def _one(self, sql: str, values: tuple[Any, ...]) -> Any:
        return self._connection.execute(sql, values).fetchone()
