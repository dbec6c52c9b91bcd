"""The caller's conversations, and their sync."""

from flask import Blueprint

from chatapp import conversation_serializers
from chatapp.actions import conversations
from chatapp.actions import sync as catch_up
from chatapp.actions.sessions import Caller
from chatapp.api.current import current_journal
from chatapp.api.operation import operation
from chatapp.errors import InvalidInput
from chatapp.payloads import SyncQuery
from chatapp.shapes import ConversationsShape, SyncShape

blueprint = Blueprint("conversations", __name__)


@blueprint.get("/conversations")
@operation("The caller's conversations, newest activity first", gives=ConversationsShape)
def list_conversations(caller: Caller) -> ConversationsShape:
    found = conversations.list_conversations(current_journal(), caller)
    return {"conversations": [conversation_serializers.conversation(overview) for overview in found]}


@blueprint.get("/sync")
@operation(
    "What is newer than the revisions that the caller knows", gives=SyncShape, query=SyncQuery, errors=(InvalidInput,)
)
def sync(caller: Caller, query: SyncQuery) -> SyncShape:
    return conversation_serializers.sync(catch_up.sync(current_journal(), caller, query.request()))
