"""Polls: create one, vote, close it, and list who voted.

A poll is a message, whose text has the question and the options for clients that know nothing of polls.
"""

from sqlalchemy import delete, select

from chatapp.actions.feedback import SeenMessage, give_feedback
from chatapp.actions.message_lock import FoundMessage, find_message, lock_message
from chatapp.actions.messages import message_of, send_message
from chatapp.actions.permissions import CLOSE_POLLS, require
from chatapp.actions.poll_states import chosen_in
from chatapp.actions.sessions import Caller
from chatapp.actions.waiting import stored_message
from chatapp.clock import now
from chatapp.errors import Forbidden, InvalidInput, NotFound
from chatapp.extensions import db
from chatapp.journal import Journal, MessageDraft, StoredMessage, Transaction
from chatapp.journal.drafts import PollDraft, VoteDraft
from chatapp.models import Poll, PollVote, User
from chatapp.models.base import to_microseconds
from chatapp.poll_payloads import NewPoll

LISTED = 1_000
"""Users whom `voters_of` lists for one option."""


def create_poll(journal: Journal, caller: Caller, new: NewPoll) -> StoredMessage:
    """Sends a poll as a message, by the rules of every message. Returns it as the caller sees it.

    Raises NotFound, NotAMember, OnlyAdminsWrite, and InvalidInput if the end is not in the future.
    """
    if new.closes_at is not None and new.closes_at <= now():
        raise InvalidInput("A poll ends in the future.", fields={"closesAt": "must be in the future"})
    closes_at = None if new.closes_at is None else to_microseconds(new.closes_at)
    poll = PollDraft(new.question, tuple(new.options), new.is_multiple, new.is_anonymous, closes_at)
    text = "\n".join([f"📊 {new.question}", *(f"• {option}" for option in new.options)])
    draft = MessageDraft(
        caller.user_id, caller.username, new.receiver, new.group, text, new.client_id, reply_to=new.reply_to, poll=poll
    )
    stored = stored_message(lambda done: send_message(journal, caller, draft, done))
    return message_of(caller, find_message(caller, stored.message_id))


def vote(journal: Journal, caller: Caller, message_id: str, options: list[int]) -> SeenMessage:
    """Replaces the caller's vote by these options, counted from 0; without any it is taken back. Returns the message.

    Raises NotFound, MessageDeleted, PollClosed, and InvalidInput for an option that there is not, or for several where
    one is allowed.
    """
    return give_feedback(journal, caller, VoteDraft(caller.user_id, message_id, tuple(options)))


def close_poll(journal: Journal, caller: Caller, message_id: str) -> StoredMessage:
    """Ends a poll: its author does, and in a group those whom `permissions.py` names. Returns the message.

    Raises NotFound, MessageDeleted and Forbidden. A poll that is closed stays as it is.
    """

    def write(transaction: Transaction) -> None:
        found, poll = _lock_poll(transaction, caller, message_id)
        _require_may_close(found, caller)
        if not _is_closed(poll):
            poll.closed_at = now()
            found.change(transaction)

    journal.write(write)
    return message_of(caller, find_message(caller, message_id))


def voters_of(caller: Caller, message_id: str) -> list[list[str]]:
    """The usernames of those who voted for each option, in the order in which they voted, LISTED at most for each.

    Raises NotFound, and Forbidden for an anonymous poll.
    """
    message = find_message(caller, message_id).message
    poll = db.session.get(Poll, (message.conversation_id, message.sequence))
    if poll is None:
        raise _no_poll(message_id)
    if poll.is_anonymous:
        raise Forbidden("Nobody is told who voted in an anonymous poll.", messageId=message_id)
    query = (
        select(PollVote.choices, User.username)
        .join(User, User.id == PollVote.user_id)
        .where(PollVote.conversation_id == message.conversation_id, PollVote.sequence == message.sequence)
        .order_by(PollVote.voted_at, PollVote.user_id)
    )
    found: list[list[str]] = [[] for _ in poll.options.split("\n")]
    for row in db.session.execute(query):
        for option in chosen_in(row.choices):
            if len(found[option]) < LISTED:
                found[option].append(row.username)
    return found


def has_poll(transaction: Transaction, found: FoundMessage) -> bool:
    """Whether a message is a poll."""
    return transaction.session.get(Poll, (found.message.conversation_id, found.message.sequence)) is not None


def delete_poll(transaction: Transaction, conversation_id: int, sequence: int) -> None:
    """Removes the poll of a message, with its votes, if it has one."""
    for table in (PollVote, Poll):
        of_message = (table.conversation_id == conversation_id) & (table.sequence == sequence)
        transaction.session.execute(delete(table).where(of_message))


def _lock_poll(transaction: Transaction, caller: Caller, message_id: str) -> tuple[FoundMessage, Poll]:
    found = lock_message(transaction, caller, message_id)
    poll = transaction.session.get(Poll, (found.message.conversation_id, found.message.sequence))
    if poll is None:
        raise _no_poll(message_id)
    return found, poll


def _is_closed(poll: Poll) -> bool:
    return poll.closed_at is not None or (poll.closes_at is not None and poll.closes_at <= now())


def _require_may_close(found: FoundMessage, caller: Caller) -> None:
    if found.message.sender_id == caller.user_id:
        return
    if found.direct_key is not None:
        raise Forbidden("Only who asked may close this poll.")
    require(found.role, CLOSE_POLLS)


def _no_poll(message_id: str) -> NotFound:
    return NotFound("This message is not a poll.", messageId=message_id)
