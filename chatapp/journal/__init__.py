"""The journal: performs all writes of this process, many of them in one durable transaction (group commit)."""

from chatapp.journal.drafts import MessageDraft, StoredMessage
from chatapp.journal.transaction import Transaction
from chatapp.journal.writer import Journal

__all__ = ["Journal", "MessageDraft", "StoredMessage", "Transaction"]
