"""Stores the polls of new messages, in the transaction that stores the messages."""

from collections.abc import Iterable

from chatapp.database import WriterConnection
from chatapp.journal.drafts import MessageDraft, StoredMessage
from chatapp.journal.message_state import MessageState, PollState
from chatapp.journal.new_states import MARK_STATE

INSERT = """INSERT INTO poll (conversation_id, sequence, question, options, is_multiple, is_anonymous, closes_at)
VALUES (?, ?, ?, ?, ?, ?, ?)"""


def state_of_poll(draft: MessageDraft, revision: int) -> MessageState | None:
    """The state of a new message that is a poll, stored at `revision`; None for any other message."""
    poll = draft.poll
    if poll is None:
        return None
    new = PollState(poll.question, poll.options, poll.is_multiple, poll.is_anonymous, poll.closes_at)
    return MessageState(changed_revision=revision, poll=new)


def insert_polls(connection: WriterConnection, messages: Iterable[StoredMessage]) -> None:
    """Inserts the polls of these messages, which are stored already."""
    for message in messages:
        if message.state is not None and (poll := message.state.poll) is not None:
            key = (message.conversation_id, message.sequence)
            options = "\n".join(poll.options)
            row = (*key, poll.question, options, poll.is_multiple, poll.is_anonymous, poll.closes_at)
            connection.execute(INSERT, row)
            connection.execute(MARK_STATE, key)
