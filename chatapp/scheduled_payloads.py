"""What comes in about scheduled messages. See `chatapp.payloads`."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator

from chatapp.payload_fields import ClientId, Content, FirstSequence
from chatapp.payloads import ConversationName, Payload


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
    """`POST /scheduled` and `scheduleMessage`. The same `clientId` again names the same scheduled message."""

    content: Content
    client_id: ClientId
    due_at: Instant
    reply_to: FirstSequence | None = None


class ScheduledChanges(Payload):
    """`PATCH /scheduled/<clientId>`: what is given is changed."""

    content: Content | None = None
    due_at: Instant | None = None


class ScheduledId(Payload):
    """`deleteScheduled` and `sendScheduled`."""

    client_id: ClientId


class ChangeScheduled(ScheduledChanges, ScheduledId):
    """`changeScheduled`."""


class Nothing(Payload):
    """`scheduledMessages`, which takes nothing."""
