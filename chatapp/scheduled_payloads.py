"""What comes in about scheduled messages. See `chatapp.payloads`."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from chatapp.payload_fields import FILES, ClientId, DraftContent, FirstSequence, UploadId
from chatapp.payloads import ConversationName, NewFile, Payload, text_beside_files


def _instant(text: Any) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValueError("must be a time in ISO 8601, such as 2026-01-31T12:00:00.000Z") from None
    if found.tzinfo is None:
        raise ValueError("must say its time zone, such as by a Z at its end")
    return found


Instant = Annotated[datetime, BeforeValidator(_instant, json_schema_input_type=str)]


class Schedule(ConversationName):
    """`POST /scheduled` and `scheduleMessage`. The same `clientId` again names the same scheduled message. One with
    files may have no text."""

    files: list[NewFile] = Field(default=[], max_length=FILES)
    content: DraftContent
    client_id: ClientId
    due_at: Instant
    reply_to: FirstSequence | None = None

    @field_validator("content")
    @classmethod
    def _needs_text(cls, content: str, info: ValidationInfo) -> str:
        return text_beside_files(content, info)


class ScheduledChanges(Payload):
    """`PATCH /scheduled/<clientId>`: what is given is changed. `files` are the uploads of the files that stay. The text
    may be blank if some do."""

    content: DraftContent | None = None
    files: list[UploadId] | None = Field(default=None, max_length=FILES)
    due_at: Instant | None = None


class ScheduledId(Payload):
    """`deleteScheduled` and `sendScheduled`."""

    client_id: ClientId


class ChangeScheduled(ScheduledChanges, ScheduledId):
    """`changeScheduled`."""


class Nothing(Payload):
    """`scheduledMessages`, which takes nothing."""
