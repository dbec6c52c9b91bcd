"""Reactions to messages: react, take a reaction back, and list who reacted."""

from sqlalchemy import select

from chatapp.actions.feedback import SeenMessage, give_feedback
from chatapp.actions.message_lock import find_message
from chatapp.actions.sessions import Caller
from chatapp.extensions import db
from chatapp.journal import Journal
from chatapp.journal.drafts import ReactionDraft
from chatapp.models import Reaction, User

LISTED = 1_000
"""Users whom `reactors_of` lists for one emoji."""


def react(journal: Journal, caller: Caller, message_id: str, emoji: str, *, is_on: bool) -> SeenMessage:
    """Adds the caller's reaction to a message, or takes it back. Returns the message.

    Raises NotFound, MessageDeleted, and LimitReached if the message has MOST_EMOJI different ones.
    """
    return give_feedback(journal, caller, ReactionDraft(caller.user_id, message_id, emoji, is_on))


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
