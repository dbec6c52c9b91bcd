"""Reads the message that a new one answers, in the transaction that stores the new one."""

from chatapp.database import WriterConnection
from chatapp.journal.message_state import QUOTE_CHARACTERS, Quote, QuotedFile

QUOTED = """SELECT u.username, m.content, f.name, b.kind FROM message m JOIN "user" u ON u.id = m.sender_id
LEFT JOIN message_file f ON f.conversation_id = m.conversation_id AND f.sequence = m.sequence AND f.position = 1
LEFT JOIN blob b ON b.hash = f.blob_hash
WHERE m.conversation_id = ? AND m.sequence = ?"""


def quote_of(connection: WriterConnection, conversation_id: int, sequence: int, shares_history: bool) -> Quote:
    """The answered message, as in an event for all members: without its text where some may not see it."""
    found = connection.execute(QUOTED, (conversation_id, sequence)).fetchone()
    if found is None or not shares_history:
        return Quote(sequence, None, None)
    sender, content, name, kind = found
    return Quote(sequence, sender, content[:QUOTE_CHARACTERS], None if name is None else QuotedFile(name, kind))
