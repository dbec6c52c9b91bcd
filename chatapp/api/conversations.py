"""The caller's conversations, and new groups."""

from flask import Blueprint

from chatapp import serializers
from chatapp.actions import conversations
from chatapp.actions.accounts import Caller
from chatapp.api.current import current_journal
from chatapp.api.operation import operation
from chatapp.errors import InvalidInput, MalformedRequest, NotFound
from chatapp.payloads import NewGroup
from chatapp.serializers import ConversationsShape, NewGroupShape

blueprint = Blueprint("conversations", __name__)


@blueprint.get("/conversations")
@operation("The caller's conversations, newest activity first", gives=ConversationsShape, is_direct=True)
def list_conversations(caller: Caller) -> ConversationsShape:
    found = conversations.list_conversations(current_journal(), caller)
    return {"conversations": [serializers.conversation(one) for one in found]}


@blueprint.post("/group")
@operation(
    "Make a group of the caller and the posted users",
    gives=NewGroupShape,
    body=NewGroup,
    errors=(NotFound, InvalidInput, MalformedRequest),
)
def create_group(caller: Caller, body: NewGroup) -> NewGroupShape:
    return {"newGroup": serializers.group(conversations.create_group(current_journal(), caller, body))}
