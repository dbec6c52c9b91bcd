"""Change one message: edit, delete, react, pin; and show its versions and reactions, and the pinned messages."""

from flask import Blueprint

from chatapp import serializers
from chatapp.actions import message_changes, messages, pins, reactions
from chatapp.actions.sessions import Caller
from chatapp.api.current import current_journal, current_settings
from chatapp.api.operation import operation
from chatapp.errors import (
    Forbidden,
    InvalidInput,
    LimitReached,
    MalformedRequest,
    MessageDeleted,
    NotAMember,
    NotFound,
    PollUnchangeable,
    TooLate,
)
from chatapp.journal import StoredMessage
from chatapp.payloads import ConversationQuery, NewPin, NewReaction, NewText
from chatapp.reaction_shapes import ReactorsShape
from chatapp.shapes import OneMessageShape, PinnedShape, VersionsShape

blueprint = Blueprint("message_changes", __name__)

BODY_REFUSALS = (NotFound, MessageDeleted, LimitReached, InvalidInput, MalformedRequest)


@blueprint.patch("/message/<message_id>")
@operation(
    "Edit one's own message",
    gives=OneMessageShape,
    body=NewText,
    errors=(*BODY_REFUSALS, Forbidden, TooLate, PollUnchangeable),
)
def edit(caller: Caller, message_id: str, body: NewText) -> OneMessageShape:
    seconds = current_settings().edit_seconds
    return _changed(message_changes.edit_message(current_journal(), caller, message_id, body.content, seconds))


@blueprint.delete("/message/<message_id>")
@operation("Delete a message", gives=OneMessageShape, errors=(NotFound, Forbidden, TooLate))
def delete(caller: Caller, message_id: str) -> OneMessageShape:
    seconds = current_settings().edit_seconds
    return _changed(message_changes.delete_message(current_journal(), caller, message_id, seconds))


@blueprint.get("/message/<message_id>/versions")
@operation("The texts that a message had, oldest first", gives=VersionsShape, errors=(NotFound, MessageDeleted))
def versions(caller: Caller, message_id: str) -> VersionsShape:
    return serializers.versions(message_changes.versions_of(caller, message_id))


@blueprint.post("/message/<message_id>/reactions")
@operation("React to a message, or take a reaction back", gives=OneMessageShape, body=NewReaction, errors=BODY_REFUSALS)
def react(caller: Caller, message_id: str, body: NewReaction) -> OneMessageShape:
    seen = reactions.react(current_journal(), caller, message_id, body.emoji, is_on=body.on)
    return {"message": serializers.message(seen.stored, delivered=seen.is_delivered)}


@blueprint.get("/message/<message_id>/reactions")
@operation("Who reacted to a message, by emoji", gives=ReactorsShape, errors=(NotFound,))
def reactors(caller: Caller, message_id: str) -> ReactorsShape:
    return {"reactions": reactions.reactors_of(caller, message_id)}


@blueprint.put("/message/<message_id>/pin")
@operation("Pin a message, or unpin it", gives=OneMessageShape, body=NewPin, errors=(*BODY_REFUSALS, Forbidden))
def pin(caller: Caller, message_id: str, body: NewPin) -> OneMessageShape:
    return _changed(pins.pin(current_journal(), caller, message_id, is_on=body.on))


@blueprint.get("/pinned/<receiver>")
@operation(
    "The pinned messages of a conversation",
    gives=PinnedShape,
    query=ConversationQuery,
    errors=(NotFound, NotAMember, InvalidInput),
)
def pinned(caller: Caller, receiver: str, query: ConversationQuery) -> PinnedShape:
    return {"messages": serializers.page(pins.pinned_messages(caller, receiver, is_group=query.is_group))}


def _changed(stored: StoredMessage) -> OneMessageShape:
    return {"message": serializers.message(stored, delivered=messages.is_delivered(current_journal(), stored))}
