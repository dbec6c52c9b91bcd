"""Serializers of polls: rows to wire shapes."""

from chatapp.clock import microseconds_to_iso, now
from chatapp.journal.message_state import PollState
from chatapp.models.base import to_microseconds
from chatapp.poll_shapes import PollShape
from chatapp.shapes import ChangeShape


def poll(state: PollState) -> PollShape:
    """A poll that has reached its end is closed at that time."""
    shape: PollShape = {
        "question": state.question,
        "options": [
            {"text": text, "votes": votes, "voters": voters}
            for text, votes, voters in zip(state.options, state.counts, state.voters, strict=True)
        ],
        "voterCount": state.voter_count,
        "isMultiple": state.is_multiple,
        "isAnonymous": state.is_anonymous,
    }
    closed_at = state.closed_at
    if state.closes_at is not None:
        shape["closesAt"] = microseconds_to_iso(state.closes_at)
        if closed_at is None and state.closes_at <= to_microseconds(now()):
            closed_at = state.closes_at
    if closed_at is not None:
        shape["closedAt"] = microseconds_to_iso(closed_at)
    if state.own is not None:
        shape["mine"] = state.own
    return shape


def with_own_vote(change: ChangeShape, options: list[int]) -> ChangeShape:
    """The update of a poll for one who has voted for these options."""
    update = change["update"]
    if "poll" not in update:
        return change  # deleted since the vote was read
    return {**change, "update": {**update, "poll": {**update["poll"], "mine": options}}}
