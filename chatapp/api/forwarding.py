"""Forward a message, and find the original of a forwarded one."""

from flask import Blueprint

from chatapp.actions import forwarding
from chatapp.actions.sessions import Caller
from chatapp.api.current import current_files, current_journal
from chatapp.api.operation import operation
from chatapp.api.sending import ack_of
from chatapp.errors import (
    InvalidInput,
    MalformedRequest,
    MessageDeleted,
    NotAMember,
    NotFound,
    OnlyAdminsWrite,
)
from chatapp.file_errors import QuotaExceeded
from chatapp.payloads import Forward
from chatapp.shapes import MessageAckShape, MessageIdShape

blueprint = Blueprint("forwarding", __name__)


@blueprint.post("/message/<message_id>/forward")
@operation(
    "Send a copy of a message to another conversation",
    gives=MessageAckShape,
    body=Forward,
    errors=(NotFound, MessageDeleted, NotAMember, OnlyAdminsWrite, QuotaExceeded, InvalidInput, MalformedRequest),
)
def forward(caller: Caller, message_id: str, body: Forward) -> MessageAckShape:
    journal, quota = current_journal(), current_files().quota_of(caller.role)
    return ack_of(lambda done: forwarding.forward_message(journal, caller, message_id, body, done, quota_bytes=quota))


@blueprint.get("/message/<message_id>/origin")
@operation("The original of a forwarded message, if the caller may see it", gives=MessageIdShape, errors=(NotFound,))
def origin(caller: Caller, message_id: str) -> MessageIdShape:
    return {"messageId": forwarding.origin_of(caller, message_id)}
