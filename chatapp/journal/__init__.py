"""The journal: writes everything that this process writes, many writes in one durable transaction (group commit)."""

from chatapp.journal.drafts import MessageDraft, StoredMessage
from chatapp.journal.transaction import Transaction
from chatapp.journal.writer import Journal

__all__ = ["Journal", "MessageDraft", "StoredMessage", "Transaction"]
