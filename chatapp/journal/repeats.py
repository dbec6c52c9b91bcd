"""Reads the messages that earlier attempts to send the same drafts have stored."""

from collections.abc import Sequence
from typing import Any

from chatapp.journal.drafts import StoredMessage
from chatapp.journal.message_state import MessageState
from chatapp.models.conversation import other_of

# A join with the wanted rows, because SQLite scans the whole table for `(a, b) IN (VALUES ...)`.
REPEATS = """WITH wanted (sender_id, client_id) AS (VALUES {rows})
SELECT m.conversation_id, m.sequence, m.sender_id, m.content, m.client_id, m.created_at, m.revision, c.direct_key,
m.changed_revision, m.deleted_at, d.username, s.username
FROM wanted w CROSS JOIN message m JOIN conversation c ON c.id = m.conversation_id
JOIN "user" s ON s.id = m.sender_id
LEFT JOIN "user" d ON d.id = m.deleted_by_id
WHERE m.sender_id = w.sender_id AND m.client_id = w.client_id"""


def from_row(row: Sequence[Any]) -> StoredMessage:
    conversation_id, sequence, sender_id, content, client_id, created_at, revision, key, changed, *deleted, sender = row
    receiver = other_of(key, sender) if key else str(conversation_id)
    return StoredMessage(
        conversation_id,
        sequence,
        sender_id,
        sender,
        receiver,
        key is None,
        content,
        client_id,
        created_at,
        revision,
        True,
        state=None if deleted[0] is None else MessageState(changed, deleted_at=deleted[0], deleted_by=deleted[1]),
    )
