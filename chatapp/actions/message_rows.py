"""The rows of messages, and of everything that belongs to a message and goes with it."""

from sqlalchemy import delete

from chatapp.actions.released_files import release_files
from chatapp.journal import Transaction
from chatapp.models import Mention, Message, MessageVersion, Poll, PollVote, Reaction


def delete_rows(transaction: Transaction, conversation_id: int, first: int, last: int) -> None:
    """Deletes the messages of a conversation from one sequence to another. The index of the search is not touched."""
    release_files(transaction, conversation_id, first, last)
    for table in (MessageVersion, Reaction, Mention, PollVote, Poll, Message):
        part = (table.conversation_id == conversation_id) & table.sequence.between(first, last)
        transaction.session.execute(delete(table).where(part))
