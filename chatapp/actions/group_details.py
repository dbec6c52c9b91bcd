"""The details of a group that every member sees: name, topic, description and settings."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Integer, type_coerce

from chatapp.group_payloads import Members
from chatapp.models.tables import CONVERSATIONS

DETAILS = (
    CONVERSATIONS.c.name,
    CONVERSATIONS.c.topic,
    CONVERSATIONS.c.description,
    CONVERSATIONS.c.shares_history,
    CONVERSATIONS.c.is_public,
    CONVERSATIONS.c.writers,
    CONVERSATIONS.c.pinners,
    CONVERSATIONS.c.retention_days,
    CONVERSATIONS.c.erased_sequence,
)
"""The columns that `details_of` reads."""

DETAILS_AS_STORED = [
    type_coerce(column, Integer).label(column.name) if isinstance(column.type, Boolean) else column
    for column in DETAILS
]
"""DETAILS without conversions of booleans."""


@dataclass(frozen=True, slots=True)
class Details:
    """`shares_history`: members see the messages from before they joined. `is_public`: every user finds the group and
    may join it. `writers` and `pinners`: who may write and who may pin messages, EVERYBODY or ADMINS.
    Messages are erased after `retention_days`, or 0: when the system's are over. Those up to `erased_sequence` are."""

    name: str
    topic: str
    description: str
    shares_history: bool
    is_public: bool
    writers: Members
    pinners: Members
    retention_days: int
    erased_sequence: int


def details_of(row: Any) -> Details:
    """The details in a row, or a conversation, that has the columns of DETAILS."""
    return Details(
        row.name or "",
        row.topic,
        row.description,
        bool(row.shares_history),
        bool(row.is_public),
        row.writers,
        row.pinners,
        row.retention_days,
        row.erased_sequence,
    )


OF_DIRECT = Details("", "", "", True, False, "everybody", "everybody", 0, 0)
"""What holds for every direct conversation, but for `erased_sequence`."""


def search_name_of(name: str) -> str:
    """A name without case and accents, as the directory of public groups compares it."""
    decomposed = unicodedata.normalize("NFD", name.casefold())
    return "".join(character for character in decomposed if unicodedata.category(character) != "Mn")
