"""Reactions and votes, given through the journal in batches. The callers of a batch share one reading of the message.

A thousand people who react to one message would otherwise read all of its reactions a thousand times.
"""

from concurrent.futures import Future
from copy import copy
from dataclasses import dataclass, replace

from chatapp.actions.mentions import is_mentioned_here
from chatapp.actions.message_states import COUNTED_REACTIONS, Reader
from chatapp.actions.messages import FORWARD, is_delivered, to_messages
from chatapp.actions.poll_states import VOTES, chosen_in
from chatapp.actions.sessions import Caller
from chatapp.errors import ChatError
from chatapp.journal import Journal, StoredMessage
from chatapp.journal.drafts import FeedbackDraft, FeedbackOutcome, StoredFeedback, TouchedMessage
from chatapp.journal.message_state import MessageState, Quote
from chatapp.mentions import HERE
from chatapp.prepared_statements import release_connection, tuples


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """A message as a caller sees it, and whether it was delivered to all members other than its sender."""

    stored: StoredMessage
    is_delivered: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as an event for all members has it, and what is whose: emoji and votes, by user id."""

    stored: StoredMessage
    is_delivered: bool
    emoji: dict[int, set[str]]
    choices: dict[int, int]


def give_feedback(journal: Journal, caller: Caller, draft: FeedbackDraft) -> SeenMessage:
    """Stores a reaction or a vote. Returns the message as the caller sees it, or raises the refusal."""
    # Who waits holds no pooled connection, which the one who reads the message may need.
    release_connection()
    answer: Future[FeedbackOutcome] = Future()
    journal.give_feedback(draft, answer.set_result)
    outcome = answer.result()
    if isinstance(outcome, ChatError):
        raise outcome
    return _seen_by(caller, outcome, _reading_of(journal, outcome.message))


def _reading_of(journal: Journal, message: TouchedMessage) -> Reading:
    """Read by the first caller of the batch, after the commit."""
    with message.lock:
        if message.reading is None:
            message.reading = _read(journal, message)
        reading: Reading = message.reading
        return reading


def _read(journal: Journal, message: TouchedMessage) -> Reading:
    conversation_id, sequence = message.conversation_id, message.sequence
    rows = tuples(FORWARD, conversation_id=conversation_id, after=sequence - 1, before=sequence + 1, limit=1)
    stored = to_messages(rows, conversation_id, message.direct_key, Reader(None))[0]
    span = {"conversation_id": conversation_id, "first": sequence, "last": sequence}
    emoji: dict[int, set[str]] = {}
    choices: dict[int, int] = {}
    if stored.state is not None and stored.state.reactions:
        for _, one, user_id in tuples(COUNTED_REACTIONS, **span):
            emoji.setdefault(user_id, set()).add(one)
    if stored.state is not None and stored.state.poll is not None:
        choices = {user_id: chosen for _, user_id, chosen in tuples(VOTES, **span)}
    return Reading(stored, is_delivered(journal, stored), emoji, choices)


def _seen_by(caller: Caller, feedback: StoredFeedback, reading: Reading) -> SeenMessage:
    stored = reading.stored
    if stored.state is not None:
        stored = replace(stored, state=_state_for(caller, feedback, reading, stored.state))
    return SeenMessage(stored, reading.is_delivered)


def _state_for(caller: Caller, feedback: StoredFeedback, reading: Reading, state: MessageState) -> MessageState:
    """The state as `states_of` reads it for one reader."""
    own = reading.emoji.get(caller.user_id, ())
    state = replace(state, reactions=[replace(one, is_own=one.emoji in own) for one in state.reactions])
    if state.poll is not None:
        state.poll = copy(state.poll)
        state.poll.own = list(chosen_in(reading.choices.get(caller.user_id, 0)))
    if state.quote is not None and state.quote.sequence <= feedback.hidden_up_to:
        state.quote = Quote(state.quote.sequence, None, None)
    if any(place.kind == HERE for place in state.mentions):
        message = feedback.message
        was_here = is_mentioned_here(message.conversation_id, message.sequence, caller.user_id)
        state.mentions = [replace(place, is_own=was_here) if place.kind == HERE else place for place in state.mentions]
    return state
