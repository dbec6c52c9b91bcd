"""Messages that are sent later: schedule, list, change, delete, and send at once."""

from uuid import UUID

from flask import Blueprint

from chatapp import personal_serializers
from chatapp.actions import scheduled_messages
from chatapp.actions.sessions import Caller
from chatapp.api.current import current_journal
from chatapp.api.operation import operation
from chatapp.api.sending import ack_of
from chatapp.errors import (
    Conflict,
    InvalidInput,
    LimitReached,
    MalformedRequest,
    NotAMember,
    NotFound,
    OnlyAdminsWrite,
)
from chatapp.file_errors import UploadIncomplete, UploadMissing
from chatapp.personal_shapes import AllScheduledShape, OneScheduledShape
from chatapp.scheduled_payloads import Schedule, ScheduledChanges
from chatapp.shapes import MessageAckShape

blueprint = Blueprint("scheduled", __name__)


@blueprint.get("/scheduled")
@operation("The caller's scheduled messages, by the time that they are due", gives=AllScheduledShape)
def list_scheduled(caller: Caller) -> AllScheduledShape:
    found = scheduled_messages.scheduled_messages(caller)
    return {"scheduled": [personal_serializers.scheduled(one) for one in found]}


@blueprint.post("/scheduled")
@operation(
    "Send a message later",
    gives=OneScheduledShape,
    body=Schedule,
    errors=(
        NotFound,
        NotAMember,
        Conflict,
        LimitReached,
        InvalidInput,
        MalformedRequest,
        UploadMissing,
        UploadIncomplete,
    ),
)
def schedule_message(caller: Caller, body: Schedule) -> OneScheduledShape:
    own = scheduled_messages.schedule_message(current_journal(), caller, body)
    return {"scheduled": personal_serializers.scheduled(own)}


@blueprint.patch("/scheduled/<client_id>")
@operation(
    "Change the text or the time of a scheduled message, or remove files of it",
    gives=OneScheduledShape,
    body=ScheduledChanges,
    errors=(NotFound, InvalidInput, MalformedRequest, UploadMissing),
)
def change_scheduled(caller: Caller, client_id: str, body: ScheduledChanges) -> OneScheduledShape:
    own = scheduled_messages.change_scheduled(current_journal(), caller, _as_stored(client_id), body)
    return {"scheduled": personal_serializers.scheduled(own)}


@blueprint.delete("/scheduled/<client_id>")
@operation("Delete a scheduled message", gives=OneScheduledShape, errors=(NotFound,))
def delete_scheduled(caller: Caller, client_id: str) -> OneScheduledShape:
    own = scheduled_messages.delete_scheduled(current_journal(), caller, _as_stored(client_id))
    return {"scheduled": personal_serializers.scheduled(own)}


@blueprint.post("/scheduled/<client_id>/send")
@operation("Send a scheduled message now", gives=MessageAckShape, errors=(NotFound, NotAMember, OnlyAdminsWrite))
def send_scheduled(caller: Caller, client_id: str) -> MessageAckShape:
    return ack_of(
        lambda done: scheduled_messages.send_scheduled(current_journal(), caller, _as_stored(client_id), done)
    )


def _as_stored(client_id: str) -> str:
    """The id of a path: a UUID in any spelling, as in bodies. Another text names no message."""
    try:
        return str(UUID(client_id))
    except ValueError:
        return client_id
