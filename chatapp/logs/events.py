"""The events of note, which the log names when it is written as JSON."""

import hashlib
from typing import Any

EVENTS = (
    "start",
    "stop",
    "request",
    "sign_in",
    "sign_in_failed",
    "connected",
    "refusal",
    "connection_closed",
    "slow_commit",
    "job_failed",
)
"""docs/operations.md explains each."""

EVENT, FIELDS = "chatapp_event", "chatapp_fields"
"""The attributes of a log record that hold them."""

CONNECTION_CHARACTERS = 16


def event(name: str, /, **fields: Any) -> dict[str, Any]:
    """The `extra` of a call of a logger. `fields` must be JSON, and hold no secret and no text of a person."""
    return {EVENT: name, FIELDS: fields}


def connection_name(engine_id: str) -> str:
    """What a connection is called in the log. Whoever has the id of its Engine.IO session can speak for its client, so
    the id itself must not be there."""
    return hashlib.sha256(engine_id.encode()).hexdigest()[:CONNECTION_CHARACTERS]
