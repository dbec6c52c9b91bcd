"""Read and send messages."""

from flask import Blueprint

from chatapp import serializers
from chatapp.actions import messages
from chatapp.actions.file_drafts import file_drafts
from chatapp.actions.sessions import Caller
from chatapp.api.current import current_journal
from chatapp.api.operation import operation
from chatapp.api.sending import ack_of
from chatapp.errors import (
    Forbidden,
    ForgedSender,
    InvalidInput,
    MalformedRequest,
    NotAMember,
    NotFound,
    OnlyAdminsWrite,
)
from chatapp.file_errors import UploadIncomplete, UploadMissing
from chatapp.journal import MessageDraft
from chatapp.payloads import HistoryQuery, PostMessage
from chatapp.shapes import MessageAckShape, MessageShape

blueprint = Blueprint("messages", __name__)


@blueprint.get("/messages/<sender>/<receiver>")
@operation(
    "One page of a conversation, oldest first",
    gives=list[MessageShape],
    query=HistoryQuery,
    errors=(Forbidden, NotAMember, NotFound, InvalidInput),
)
def history(caller: Caller, sender: str, receiver: str, query: HistoryQuery) -> list[MessageShape]:
    messages.require_sender(caller, sender)
    return serializers.page(messages.history(current_journal(), caller, receiver, query))


@blueprint.post("/messages")
@operation(
    "Send a message",
    gives=MessageAckShape,
    body=PostMessage,
    errors=(
        *(ForgedSender, NotAMember, OnlyAdminsWrite, NotFound, InvalidInput, MalformedRequest),
        *(UploadMissing, UploadIncomplete),
    ),
)
def send(caller: Caller, body: PostMessage) -> MessageAckShape:
    sender = body.sender or caller.username
    draft = MessageDraft(
        caller.user_id,
        sender,
        body.receiver,
        body.group,
        body.content,
        body.client_id,
        reply_to=body.reply_to,
        files=file_drafts(body.files),
    )
    return ack_of(lambda done: messages.send_message(current_journal(), caller, draft, done))
