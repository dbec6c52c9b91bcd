"""Reads polls: the question and the options, how many voted for each, and who the first of them are."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, bindparam, select, type_coerce

from chatapp.actions.usernames import usernames_of
from chatapp.journal.message_state import MessageState, PollState, Voter
from chatapp.models.tables import MEMBERSHIPS, POLL_VOTES, POLLS
from chatapp.poll_payloads import MOST_OPTIONS
from chatapp.prepared_statements import tuples

LISTED_VOTERS = 20
"""Usernames listed with each option. `polls.voters_of` returns more."""

POLL_COLUMNS = (
    POLLS.c.question,
    POLLS.c.options,
    POLLS.c.is_multiple,
    POLLS.c.is_anonymous,
    type_coerce(POLLS.c.closes_at, BigInteger),
    type_coerce(POLLS.c.closed_at, BigInteger),
)
VOTES = (
    select(POLL_VOTES.c.sequence, POLL_VOTES.c.user_id, POLL_VOTES.c.choices)
    .where(
        POLL_VOTES.c.conversation_id == bindparam("conversation_id"),
        POLL_VOTES.c.sequence >= bindparam("first"),
        POLL_VOTES.c.sequence <= bindparam("last"),
        POLL_VOTES.c.choices != 0,
    )
    .order_by(POLL_VOTES.c.voted_at, POLL_VOTES.c.user_id)
)
# Through the memberships, because who has left may not be told of the message any more.
CHANGED_VOTES = (
    select(POLL_VOTES.c.user_id, POLL_VOTES.c.choices, POLL_VOTES.c.revision)
    .join(
        MEMBERSHIPS,
        (MEMBERSHIPS.c.conversation_id == POLL_VOTES.c.conversation_id)
        & (MEMBERSHIPS.c.user_id == POLL_VOTES.c.user_id),
    )
    .where(
        POLL_VOTES.c.conversation_id == bindparam("conversation_id"),
        POLL_VOTES.c.sequence == bindparam("sequence"),
        POLL_VOTES.c.revision > bindparam("after"),
        POLL_VOTES.c.revision <= bindparam("last"),
    )
)


def poll_of(row: Sequence[Any]) -> PollState | None:
    """The poll in the values of POLL_COLUMNS, without its votes; None if the message is none."""
    question, options, is_multiple, is_anonymous, closes_at, closed_at = row
    if question is None:
        return None
    return PollState(
        question, tuple(options.split("\n")), bool(is_multiple), bool(is_anonymous), closes_at, closed_at=closed_at
    )


def add_votes(
    states: Mapping[int, MessageState], conversation_id: int, first: int, last: int, user_id: int | None
) -> None:
    """Adds the votes to the polls among these states, which are those of the messages from `first` to `last`. With a
    `user_id` the user's own vote is added too."""
    polls = {sequence: one.poll for sequence, one in states.items() if one.poll is not None}
    if not polls:
        return
    listed: list[tuple[list[str], int]] = []
    if user_id is not None:
        for poll in polls.values():
            poll.own = []
    for sequence, voter_id, choices in tuples(VOTES, conversation_id=conversation_id, first=first, last=last):
        poll = polls[sequence]
        poll.voter_count += 1
        chosen = chosen_in(choices)
        if voter_id == user_id:
            poll.own = list(chosen)
        for option in chosen:
            poll.counts[option] += 1
            if not poll.is_anonymous and poll.counts[option] <= LISTED_VOTERS:
                listed.append((poll.voters[option], voter_id))
    names = usernames_of({voter_id for _, voter_id in listed})
    for usernames, voter_id in listed:
        usernames.append(names[voter_id])


def changed_votes(conversation_id: int, sequence: int, after: int, last: int) -> Sequence[Any]:
    """User id, choices and revision of the votes of present members that changed with `after` < revision <= `last`."""
    return tuples(CHANGED_VOTES, conversation_id=conversation_id, sequence=sequence, after=after, last=last)


def voters_in(rows: Iterable[Any]) -> list[Voter]:
    """The rows of `changed_votes` with usernames."""
    rows = list(rows)
    names = usernames_of({row[0] for row in rows}) if rows else {}
    return [Voter(user_id, names[user_id], list(chosen_in(choices))) for user_id, choices, _ in rows]


@lru_cache(1 << MOST_OPTIONS)
def chosen_in(choices: int) -> tuple[int, ...]:
    """The numbers of the chosen options, from the form in which the database has them."""
    return tuple(option for option in range(choices.bit_length()) if choices >> option & 1)
