"""The files of messages: finds one for whoever may see its message, and lists those of a conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, or_, select, type_coerce

from chatapp.actions.file_states import OF_BLOB, OWN, WITH_BLOBS, file_at, state_in
from chatapp.actions.lookup import find_conversation
from chatapp.actions.message_lock import find_message
from chatapp.actions.sessions import Caller
from chatapp.actions.usernames import usernames_of
from chatapp.errors import InvalidInput, NotFound
from chatapp.extensions import db
from chatapp.journal.message_state import FileState
from chatapp.models.stored_file import parse_file_id
from chatapp.models.tables import BLOBS, MESSAGE_FILES, MESSAGES
from chatapp.payload_fields import LARGEST_SEQUENCE


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file in the list of a conversation's. `created_at` is when its message was sent, in microseconds since 1970."""

    conversation_id: int
    sequence: int
    position: int
    sender: str
    created_at: int
    file: FileState


@dataclass(frozen=True, slots=True)
class FilePage:
    entries: list[FileEntry]
    has_more: bool


@dataclass(frozen=True, slots=True)
class FileSearch:
    """Which files of a conversation: those before the file with the id `before`, of these kinds (empty: all), at most
    `limit`."""

    receiver: str
    is_group: bool
    before: str | None
    kinds: tuple[str, ...]
    is_voice: bool | None
    limit: int


def find_file(caller: Caller, file_id: str) -> FileState:
    """A file by its id, `<message id>-<position>`. Raises NotFound for one that does not exist or that the caller may
    not see."""
    place = parse_file_id(file_id)
    if place is None:
        raise _not_found(file_id)
    conversation_id, sequence, position = place
    try:
        find_message(caller, f"{conversation_id}-{sequence}")
    except NotFound:
        raise _not_found(file_id) from None
    file = file_at(conversation_id, sequence, position)
    if file is None:
        raise _not_found(file_id)
    return file


def files_of(caller: Caller, search: FileSearch) -> FilePage:
    """The files of a conversation that the caller sees, newest first. Raises NotFound, NotAMember, and InvalidInput for
    a `before` that is no file's id of this conversation."""
    conversation = find_conversation(caller, search.receiver, is_group=search.is_group)
    if conversation.conversation_id is None:
        return FilePage([], has_more=False)
    sequence, position = _place_of(search.before, conversation.conversation_id)
    files = MESSAGE_FILES
    query = (
        select(
            files.c.sequence,
            files.c.position,
            files.c.sender_id,
            type_coerce(MESSAGES.c.created_at, BigInteger),
            *OWN,
            *OF_BLOB,
        )
        .select_from(
            WITH_BLOBS.join(
                MESSAGES,
                (MESSAGES.c.conversation_id == files.c.conversation_id) & (MESSAGES.c.sequence == files.c.sequence),
            )
        )
        .where(
            files.c.conversation_id == conversation.conversation_id,
            files.c.sequence > conversation.hidden_up_to,
            or_(files.c.sequence < sequence, (files.c.sequence == sequence) & (files.c.position < position)),
        )
        .order_by(files.c.sequence.desc(), files.c.position.desc())
        .limit(search.limit + 1)
    )
    if search.kinds:
        query = query.where(BLOBS.c.kind.in_(search.kinds))
    if search.is_voice is not None:
        query = query.where(files.c.is_voice == search.is_voice)
    rows = db.session.execute(query).all()
    page = rows[: search.limit]
    return FilePage(_entries(conversation.conversation_id, page), has_more=len(rows) > len(page))


def _entries(conversation_id: int, rows: Sequence[Any]) -> list[FileEntry]:
    names = usernames_of({row[2] for row in rows}) if rows else {}
    return [FileEntry(conversation_id, row[0], row[1], names[row[2]], row[3], state_in(tuple(row[4:]))) for row in rows]


def _place_of(file_id: str | None, conversation_id: int) -> tuple[int, int]:
    if file_id is None:
        return LARGEST_SEQUENCE, 0
    place = parse_file_id(file_id)
    if place is None or place[0] != conversation_id:
        raise InvalidInput("Invalid input. before: must be a file of this conversation.", fields={"before": "unknown"})
    return place[1:]


def _not_found(file_id: str) -> NotFound:
    return NotFound("There is no such file.", fileId=file_id)
