"""Reactions to messages: react, take a reaction back, and list who reacted."""

from sqlalchemy import func, select

from chatapp.actions.message_lock import FoundMessage, find_message, lock_message
from chatapp.actions.messages import message_of
from chatapp.actions.sessions import Caller
from chatapp.clock import now
from chatapp.errors import LimitReached
from chatapp.extensions import db
from chatapp.journal import Journal, StoredMessage, Transaction
from chatapp.models import Reaction, User

MOST_EMOJI = 50
"""Different emoji under one message."""

LISTED = 1_000
"""Users whom `reactors_of` lists for one emoji."""


def react(journal: Journal, caller: Caller, message_id: str, emoji: str, *, is_on: bool) -> StoredMessage:
    """Adds the caller's reaction to a message, or takes it back. Returns the message.

    Raises NotFound, MessageDeleted, and LimitReached if the message has MOST_EMOJI different ones.
    """

    def job(transaction: Transaction) -> None:
        found = lock_message(transaction, caller, message_id)
        key = {
            "conversation_id": found.message.conversation_id,
            "sequence": found.message.sequence,
            "emoji": emoji,
            "user_id": caller.user_id,
        }
        known = transaction.session.get(Reaction, key)
        if is_on == (known is not None and not known.is_removed):
            return
        if is_on:
            _require_room_for(transaction, found, emoji)
        reaction = known or Reaction(**key)
        reaction.is_removed, reaction.reacted_at = not is_on, now()
        reaction.revision = found.change(transaction, can_wait=True)
        transaction.session.add(reaction)

    journal.write(job)
    return message_of(caller, find_message(caller, message_id))


def reactors_of(caller: Caller, message_id: str) -> dict[str, list[str]]:
    """The usernames of all who reacted to a message, by emoji, in the order in which they reacted."""
    message = find_message(caller, message_id).message
    query = (
        select(Reaction.emoji, User.username)
        .join(User, User.id == Reaction.user_id)
        .where(
            Reaction.conversation_id == message.conversation_id,
            Reaction.sequence == message.sequence,
            Reaction.is_removed.is_(False),
        )
        .order_by(Reaction.reacted_at, Reaction.user_id)
    )
    found: dict[str, list[str]] = {}
    for row in db.session.execute(query):
        usernames = found.setdefault(row.emoji, [])
        if len(usernames) < LISTED:
            usernames.append(row.username)
    return found


def _require_room_for(transaction: Transaction, found: FoundMessage, emoji: str) -> None:
    """Raises LimitReached if the emoji would be one too many."""
    used = select(func.count(Reaction.emoji.distinct())).where(
        Reaction.conversation_id == found.message.conversation_id,
        Reaction.sequence == found.message.sequence,
        Reaction.is_removed.is_(False),
        Reaction.emoji != emoji,
    )
    if transaction.session.execute(used).scalar_one() >= MOST_EMOJI:
        raise LimitReached(f"A message can have {MOST_EMOJI} different reactions.", limit=MOST_EMOJI)
