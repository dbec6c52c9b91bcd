"""Reads the message that a new one answers, in the transaction that stores the new one."""

from chatapp.database import WriterConnection
from chatapp.journal.message_state import QUOTE_CHARACTERS, Quote

QUOTED = """SELECT u.username, m.content FROM message m JOIN "user" u ON u.id = m.sender_id
WHERE m.conversation_id = ? AND m.sequence = ?"""


def quote_of(connection: WriterConnection, conversation_id: int, sequence: int, shares_history: bool) -> Quote:
    """The answered message, as in an event for all members: without its text where some may not see it."""
    found = connection.execute(QUOTED, (conversation_id, sequence)).fetchone()
    if found is None or not shares_history:
        return Quote(sequence, None, None)
    return Quote(sequence, found[0], found[1][:QUOTE_CHARACTERS])
