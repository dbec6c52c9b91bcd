"""The conversations of an export, and their messages in pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import BigInteger, bindparam, select, type_coerce

from chatapp import serializers
from chatapp.actions.lookup import hidden_up_to
from chatapp.actions.message_states import Reader
from chatapp.actions.messages import FORWARD, page_of
from chatapp.clock import microseconds_to_iso
from chatapp.errors import NotSignedIn
from chatapp.models.base import to_microseconds
from chatapp.models.conversation import other_of
from chatapp.models.tables import CONVERSATIONS, MEMBERSHIPS, SESSIONS, VERSIONS
from chatapp.prepared_statements import release_connection, row_or_none, rows, tuples

PAGE = 100
"""Messages in one piece: what an export holds in memory, and how long it keeps others waiting."""

_COLUMNS = (
    CONVERSATIONS.c.id,
    CONVERSATIONS.c.direct_key,
    CONVERSATIONS.c.name,
    CONVERSATIONS.c.topic,
    CONVERSATIONS.c.description,
    CONVERSATIONS.c.created_at,
    CONVERSATIONS.c.parent_id,
    CONVERSATIONS.c.root_sequence,
    CONVERSATIONS.c.last_sequence,
)
_OWN = MEMBERSHIPS.c.user_id == bindparam("user_id")
JOINED = (
    select(
        *_COLUMNS,
        CONVERSATIONS.c.shares_history,
        CONVERSATIONS.c.erased_sequence,
        MEMBERSHIPS.c.joined_sequence,
        MEMBERSHIPS.c.role,
    )
    .join(MEMBERSHIPS, MEMBERSHIPS.c.conversation_id == CONVERSATIONS.c.id)
    .where(_OWN, CONVERSATIONS.c.parent_id.is_(None))
    .order_by(CONVERSATIONS.c.id)
)
THREADS = (
    select(*_COLUMNS)
    .where(CONVERSATIONS.c.parent_id == bindparam("parent_id"), CONVERSATIONS.c.root_sequence > bindparam("hidden"))
    .order_by(CONVERSATIONS.c.root_sequence)
)
STILL_MEMBER = select(MEMBERSHIPS.c.user_id).where(MEMBERSHIPS.c.conversation_id == bindparam("conversation_id"), _OWN)
STILL_SIGNED_IN = select(SESSIONS.c.id).where(SESSIONS.c.id == bindparam("session_id"), SESSIONS.c.revoked_at.is_(None))
EARLIER = (
    select(VERSIONS.c.sequence, VERSIONS.c.content, type_coerce(VERSIONS.c.written_at, BigInteger))
    .where(
        VERSIONS.c.conversation_id == bindparam("conversation_id"),
        VERSIONS.c.sequence >= bindparam("first"),
        VERSIONS.c.sequence <= bindparam("last"),
    )
    .order_by(VERSIONS.c.sequence, VERSIONS.c.number)
)


@dataclass(frozen=True, slots=True)
class Exporter:
    """Who reads, by which session; None for an operator."""

    user_id: int
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """A conversation that the person may read, from the sequence after `hidden`. `row` has `_COLUMNS`."""

    row: Any
    hidden: int = 0

    @property
    def file(self) -> str:
        return f"conversations/{self.row.id}.jsonl"


def conversations_of(user_id: int) -> list[Exported]:
    """The conversations of a user, and all threads in them whose root message the user may see."""
    found: list[Exported] = []
    for row in rows(JOINED, user_id=user_id):
        hidden = hidden_up_to(row)
        found.append(Exported(row, hidden))
        found += [Exported(thread) for thread in rows(THREADS, parent_id=row.id, hidden=hidden)]
    return found


def listed(exported: Exported, username: str) -> dict[str, Any]:
    """What `conversations.json` says of a conversation."""
    row = exported.row
    return {
        "file": exported.file,
        "group": row.direct_key is None,
        "with": other_of(row.direct_key, username) if row.direct_key is not None else None,
        "name": row.name,
        "topic": row.topic,
        "description": row.description,
        "createdAt": microseconds_to_iso(to_microseconds(row.created_at)),
        "threadOf": f"{row.parent_id}-{row.root_sequence}" if row.parent_id is not None else None,
    }


def lines_of(exported: Exported, exporter: Exporter) -> Iterator[bytes]:
    """The messages of a conversation as its reader sees them, oldest first, a JSON object a line, PAGE at a time: those
    that were there when the export began.

    A slow client takes long. Raises NotSignedIn when the session has ended meanwhile; the messages end when the reader
    is no longer a member.
    """
    conversation_id, after = exported.row.id, exported.hidden
    while _may_still_read(exported, exporter):
        before = exported.row.last_sequence + 1
        found = tuples(FORWARD, conversation_id=conversation_id, after=after, before=before, limit=PAGE)
        page = page_of(conversation_id, exported.row.direct_key, found, Reader(exporter.user_id, exported.hidden))
        earlier = _earlier_of(conversation_id, found)
        release_connection()
        messages = serializers.page(page)
        yield b"".join(orjson.dumps({**one, **earlier.get(one["sequence"], {})}) + b"\n" for one in messages)
        if len(found) < PAGE:
            return
        after = found[-1][0]


def require_signed_in(exporter: Exporter) -> None:
    """Raises NotSignedIn when the session has ended."""
    is_signed_in = exporter.session_id is None or row_or_none(STILL_SIGNED_IN, session_id=exporter.session_id)
    release_connection()
    if not is_signed_in:
        raise NotSignedIn("The session has ended.")


def _may_still_read(exported: Exported, exporter: Exporter) -> bool:
    require_signed_in(exporter)
    group_id = exported.row.parent_id or exported.row.id
    is_member = row_or_none(STILL_MEMBER, conversation_id=group_id, user_id=exporter.user_id) is not None
    release_connection()
    return is_member


def _earlier_of(conversation_id: int, found: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """The earlier texts of the edited messages among these, by sequence, as the field `versions`."""
    earlier: dict[int, dict[str, Any]] = {}
    if any(row[6] is not None for row in found):
        span = {"first": found[0][0], "last": found[-1][0]}
        for sequence, content, written_at in tuples(EARLIER, conversation_id=conversation_id, **span):
            version = {"content": content, "writtenAt": microseconds_to_iso(written_at)}
            earlier.setdefault(sequence, {"versions": []})["versions"].append(version)
    return earlier
