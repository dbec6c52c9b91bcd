"""Reads which messages changed after a revision: edits, deletions, reactions, pins, votes. A part of the change log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from chatapp.actions.message_states import Reader, states_of
from chatapp.actions.poll_states import changed_votes, voters_in
from chatapp.actions.usernames import usernames_of
from chatapp.journal.message_state import MessageState, Voter
from chatapp.models.tables import MESSAGES, REACTIONS
from chatapp.prepared_statements import tuples

CHANGED = select(MESSAGES.c.sequence, MESSAGES.c.changed_revision, MESSAGES.c.content_revision).where(
    MESSAGES.c.conversation_id == bindparam("conversation_id"),
    MESSAGES.c.changed_revision > bindparam("after"),
    # A new poll has that of the message itself.
    MESSAGES.c.changed_revision > MESSAGES.c.revision,
)
CONTENT = select(MESSAGES.c.content).where(
    MESSAGES.c.conversation_id == bindparam("conversation_id"), MESSAGES.c.sequence == bindparam("sequence")
)
CHANGED_REACTIONS = (
    select(REACTIONS.c.user_id, REACTIONS.c.emoji, REACTIONS.c.is_removed, REACTIONS.c.revision)
    .where(
        REACTIONS.c.conversation_id == bindparam("conversation_id"),
        REACTIONS.c.sequence == bindparam("sequence"),
        REACTIONS.c.revision > bindparam("after"),
        REACTIONS.c.revision <= bindparam("last"),
    )
    .order_by(REACTIONS.c.revision, REACTIONS.c.reacted_at)
)


@dataclass(frozen=True, slots=True)
class Reacted:
    """A user who reacted with an emoji, or took the reaction back."""

    username: str
    emoji: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class MessageUpdate:
    """A message that changed. `content` is None if its text did not. `reacted` says whose reactions changed, and
    `voters` whose votes did, of which only they themselves are told.

    `direct_key` is None for a group. `shares_history` says whether all members may see the message.
    """

    revision: int
    conversation_id: int
    sequence: int
    direct_key: str | None
    shares_history: bool
    content: str | None
    state: MessageState
    reacted: list[Reacted]
    voters: list[Voter]


def updates_between(
    conversation_id: int, conversation: Any, after: int, last: int, limit: int, reader: Reader
) -> list[MessageUpdate]:
    """The messages that changed with `after` < revision <= `last`, in order, `limit` at most. `conversation` is a row
    with `direct_key` and `shares_history`.

    A message whose newest change is later than `last` is included if its text, a reaction or a vote changed up to
    `last`: the later change will not carry them again.
    """
    found = []
    for sequence, changed, content_changed in tuples(CHANGED, conversation_id=conversation_id, after=after):
        reactions = tuples(
            CHANGED_REACTIONS, conversation_id=conversation_id, sequence=sequence, after=after, last=last
        )
        votes = changed_votes(conversation_id, sequence, after, last)
        revisions = [changed, content_changed or 0, *(row[3] for row in reactions), *(row[2] for row in votes)]
        in_range = [revision for revision in revisions if after < revision <= last]
        if in_range:
            found.append((max(in_range), sequence, content_changed in in_range, reactions, votes))
    found = sorted(found)[:limit]
    states = states_of(conversation_id, sorted(sequence for _, sequence, *_ in found), reader) if found else {}
    return [
        MessageUpdate(
            revision,
            conversation_id,
            sequence,
            conversation.direct_key,
            bool(conversation.shares_history),
            tuples(CONTENT, conversation_id=conversation_id, sequence=sequence)[0][0] if has_new_content else None,
            states[sequence],
            _reacted(reactions),
            voters_in(votes),
        )
        for revision, sequence, has_new_content, reactions, votes in found
    ]


def _reacted(rows: Sequence[Any]) -> list[Reacted]:
    names = usernames_of({row[0] for row in rows}) if rows else {}
    return [Reacted(names[user_id], emoji, not is_removed) for user_id, emoji, is_removed, _ in rows]
