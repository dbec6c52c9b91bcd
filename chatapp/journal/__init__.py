"""The group-commit writer: every write of this process, many at a time, one durable transaction."""

from chatapp.journal.drafts import MessageDraft, StoredMessage
from chatapp.journal.transaction import Transaction
from chatapp.journal.writer import Journal

__all__ = ["Journal", "MessageDraft", "StoredMessage", "Transaction"]
