"""Polls: create one, vote, close it, and list who voted."""

from flask import Blueprint

from chatapp import serializers
from chatapp.actions import messages, polls
from chatapp.actions.sessions import Caller
from chatapp.api.current import current_journal
from chatapp.api.operation import operation
from chatapp.errors import (
    Forbidden,
    InvalidInput,
    MalformedRequest,
    MessageDeleted,
    NotAMember,
    NotFound,
    OnlyAdminsWrite,
    PollClosed,
)
from chatapp.journal import StoredMessage
from chatapp.poll_payloads import NewPoll, NewVote
from chatapp.poll_shapes import VotersShape
from chatapp.shapes import OneMessageShape

blueprint = Blueprint("polls", __name__)


@blueprint.post("/polls")
@operation(
    "Ask a question with options",
    gives=OneMessageShape,
    body=NewPoll,
    errors=(NotAMember, OnlyAdminsWrite, NotFound, InvalidInput, MalformedRequest),
)
def create(caller: Caller, body: NewPoll) -> OneMessageShape:
    return _answer(polls.create_poll(current_journal(), caller, body))


@blueprint.put("/message/<message_id>/vote")
@operation(
    "Vote in a poll, change the vote, or take it back",
    gives=OneMessageShape,
    body=NewVote,
    errors=(NotFound, MessageDeleted, PollClosed, InvalidInput, MalformedRequest),
)
def vote(caller: Caller, message_id: str, body: NewVote) -> OneMessageShape:
    seen = polls.vote(current_journal(), caller, message_id, body.options)
    return {"message": serializers.message(seen.stored, delivered=seen.is_delivered)}


@blueprint.post("/message/<message_id>/close")
@operation("Close a poll", gives=OneMessageShape, errors=(NotFound, MessageDeleted, Forbidden))
def close(caller: Caller, message_id: str) -> OneMessageShape:
    return _answer(polls.close_poll(current_journal(), caller, message_id))


@blueprint.get("/message/<message_id>/voters")
@operation("Who voted in a poll, by option", gives=VotersShape, errors=(NotFound, Forbidden))
def voters(caller: Caller, message_id: str) -> VotersShape:
    return {"voters": polls.voters_of(caller, message_id)}


def _answer(stored: StoredMessage) -> OneMessageShape:
    return {"message": serializers.message(stored, delivered=messages.is_delivered(current_journal(), stored))}
