"""Reads what messages have beyond their text: edits, deletions, reactions, pins, polls, files, and what they answer.

Most messages have none of it, so a page of history asks only for those that do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, bindparam, select, type_coerce

from chatapp.actions.file_states import add_files, quoted_file
from chatapp.actions.mentions import mentions_of
from chatapp.actions.poll_states import POLL_COLUMNS, add_votes, poll_of
from chatapp.actions.usernames import usernames_of
from chatapp.journal.message_state import QUOTE_CHARACTERS, Forwarded, MessageState, Quote, ReactionCount
from chatapp.models.tables import CONVERSATIONS, MESSAGES, POLLS, REACTIONS
from chatapp.prepared_statements import tuples

LISTED_REACTORS = 20
"""Usernames listed with each emoji. `reactions_of` returns all."""

WIDEST_RANGE = 500
"""Messages that lie closer together are read by one statement, others one by one."""

NOBODY_SEES_EARLIER = 2**63 - 1

_STATE = (
    MESSAGES.c.sequence,
    MESSAGES.c.changed_revision,
    MESSAGES.c.content_revision,
    type_coerce(MESSAGES.c.edited_at, BigInteger),
    type_coerce(MESSAGES.c.deleted_at, BigInteger),
    MESSAGES.c.deleted_by_id,
    type_coerce(MESSAGES.c.pinned_at, BigInteger),
    MESSAGES.c.pinned_by_id,
    MESSAGES.c.reply_to,
    MESSAGES.c.forwarded_from_id,
    type_coerce(MESSAGES.c.forwarded_at, BigInteger),
    MESSAGES.c.mentions,
    *POLL_COLUMNS,
)
STATES = (
    select(*_STATE)
    .select_from(
        MESSAGES.outerjoin(
            POLLS, (POLLS.c.conversation_id == MESSAGES.c.conversation_id) & (POLLS.c.sequence == MESSAGES.c.sequence)
        )
    )
    .where(
        MESSAGES.c.conversation_id == bindparam("conversation_id"),
        MESSAGES.c.sequence >= bindparam("first"),
        MESSAGES.c.sequence <= bindparam("last"),
        MESSAGES.c.changed_revision.is_not(None)
        | MESSAGES.c.reply_to.is_not(None)
        | MESSAGES.c.forwarded_from_id.is_not(None)
        | MESSAGES.c.mentions.is_not(None),
    )
)
COUNTED_REACTIONS = (
    select(REACTIONS.c.sequence, REACTIONS.c.emoji, REACTIONS.c.user_id)
    .where(
        REACTIONS.c.conversation_id == bindparam("conversation_id"),
        REACTIONS.c.sequence >= bindparam("first"),
        REACTIONS.c.sequence <= bindparam("last"),
        REACTIONS.c.is_removed.is_(False),
    )
    .order_by(REACTIONS.c.reacted_at, REACTIONS.c.user_id)
)
THREADS = select(CONVERSATIONS.c.root_sequence, CONVERSATIONS.c.id).where(
    CONVERSATIONS.c.parent_id == bindparam("conversation_id"),
    CONVERSATIONS.c.root_sequence >= bindparam("first"),
    CONVERSATIONS.c.root_sequence <= bindparam("last"),
)
QUOTED = select(MESSAGES.c.sender_id, MESSAGES.c.content).where(
    MESSAGES.c.conversation_id == bindparam("conversation_id"), MESSAGES.c.sequence == bindparam("sequence")
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a user, who sees the messages after `hidden_up_to`; or with `user_id` None all members at once."""

    user_id: int | None
    hidden_up_to: int = 0


def all_members(*, shares_history: bool) -> Reader:
    """The reader of an event for all members. If the history is not shared, some may not see earlier messages."""
    return Reader(None, 0 if shares_history else NOBODY_SEES_EARLIER)


def states_of(conversation_id: int, sequences: Sequence[int], reader: Reader) -> Mapping[int, MessageState]:
    """The states of these messages by sequence, in ascending order. Those without one are left out."""
    states: dict[int, MessageState] = {}
    quotes: dict[int, int] = {}
    for first, last in _ranges(sequences):
        span = {"conversation_id": conversation_id, "first": first, "last": last}
        rows = tuples(STATES, **span)
        user_ids = {user_id for row in rows for user_id in (row[5], row[7], row[9]) if user_id is not None}
        names = usernames_of(user_ids) if user_ids else {}
        for row in rows:
            states[row[0]] = MessageState(
                changed_revision=row[1],
                content_revision=row[2],
                edited_at=row[3],
                deleted_at=row[4],
                deleted_by=names.get(row[5]),
                pinned_at=row[6],
                pinned_by=names.get(row[7]),
                forwarded=None if row[9] is None else Forwarded(names[row[9]], row[10]),
                poll=poll_of(row[12:]),
            )
            if row[8] is not None:
                quotes[row[0]] = row[8]
            if row[11] is not None:
                states[row[0]].mentions = mentions_of(conversation_id, row[0], row[11], reader.user_id)
        if any(row[1] is not None for row in rows):
            _add_reactions(states, tuples(COUNTED_REACTIONS, **span), reader)
            for sequence, thread_id in tuples(THREADS, **span):
                states[sequence].thread_id = thread_id
            add_files(states, **span)
        add_votes(states, conversation_id, first, last, reader.user_id)
    for sequence, quoted in quotes.items():
        states[sequence].quote = quote_of(conversation_id, quoted, reader)
    return states


def states_of_rows(conversation_id: int, rows: Sequence[Any], reader: Reader) -> Mapping[int, MessageState]:
    """As `states_of`, for the rows of a page, which say which messages have a state."""
    sequences = [row[0] for row in rows if row[6] is not None or row[7] is not None]
    return states_of(conversation_id, sequences, reader) if sequences else {}


def quote_of(conversation_id: int, sequence: int, reader: Reader) -> Quote:
    """The beginning of a message that another one answers."""
    found = tuples(QUOTED, conversation_id=conversation_id, sequence=sequence)
    if not found or sequence <= reader.hidden_up_to:
        return Quote(sequence, None, None)
    sender_id, content = found[0]
    sender = usernames_of({sender_id})[sender_id]
    return Quote(sequence, sender, content[:QUOTE_CHARACTERS], quoted_file(conversation_id, sequence))


def _add_reactions(states: dict[int, MessageState], rows: Iterable[Any], reader: Reader) -> None:
    counts: dict[tuple[int, str], ReactionCount] = {}
    listed: list[tuple[ReactionCount, int]] = []
    for sequence, emoji, user_id in rows:
        count = counts.get((sequence, emoji))
        if count is None:
            count = counts[sequence, emoji] = ReactionCount(emoji, is_own=None if reader.user_id is None else False)
            states[sequence].reactions.append(count)
        count.count += 1
        if count.count <= LISTED_REACTORS:
            listed.append((count, user_id))
        if user_id == reader.user_id:
            count.is_own = True
    names = usernames_of({user_id for _, user_id in listed})
    for count, user_id in listed:
        count.usernames.append(names[user_id])


def _ranges(sequences: Sequence[int]) -> Sequence[tuple[int, int]]:
    """One range for sequences that lie close together, and otherwise one for each."""
    if sequences and sequences[-1] - sequences[0] < WIDEST_RANGE:
        return [(sequences[0], sequences[-1])]
    return [(sequence, sequence) for sequence in sequences]
