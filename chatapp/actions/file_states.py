"""Reads the files of messages. A part of what messages have beyond their text."""

from sqlalchemy import bindparam, select

from chatapp.journal.message_state import FileState, MessageState, QuotedFile, file_state
from chatapp.models.tables import BLOBS, MESSAGE_FILES
from chatapp.prepared_statements import row_or_none, tuples

OWN = (
    MESSAGE_FILES.c.name,
    MESSAGE_FILES.c.alt,
    MESSAGE_FILES.c.width,
    MESSAGE_FILES.c.height,
    MESSAGE_FILES.c.milliseconds,
    MESSAGE_FILES.c.waveform,
    MESSAGE_FILES.c.is_voice,
)
OF_BLOB = (
    BLOBS.c.hash,
    BLOBS.c.size,
    BLOBS.c.kind,
    BLOBS.c.content_type,
    BLOBS.c.width,
    BLOBS.c.height,
    BLOBS.c.placeholder,
    BLOBS.c.previews,
)
WITH_BLOBS = MESSAGE_FILES.join(BLOBS, BLOBS.c.hash == MESSAGE_FILES.c.blob_hash)
FILES = (
    select(MESSAGE_FILES.c.sequence, *OWN, *OF_BLOB)
    .select_from(WITH_BLOBS)
    .where(
        MESSAGE_FILES.c.conversation_id == bindparam("conversation_id"),
        MESSAGE_FILES.c.sequence >= bindparam("first"),
        MESSAGE_FILES.c.sequence <= bindparam("last"),
    )
    .order_by(MESSAGE_FILES.c.sequence, MESSAGE_FILES.c.position)
)
ONE = (
    select(*OWN, *OF_BLOB)
    .select_from(WITH_BLOBS)
    .where(
        MESSAGE_FILES.c.conversation_id == bindparam("conversation_id"),
        MESSAGE_FILES.c.sequence == bindparam("sequence"),
        MESSAGE_FILES.c.position == bindparam("position"),
    )
)
FIRST = (
    select(MESSAGE_FILES.c.name, BLOBS.c.kind)
    .select_from(WITH_BLOBS)
    .where(
        MESSAGE_FILES.c.conversation_id == bindparam("conversation_id"),
        MESSAGE_FILES.c.sequence == bindparam("sequence"),
        MESSAGE_FILES.c.position == 1,
    )
)


def add_files(states: dict[int, MessageState], conversation_id: int, first: int, last: int) -> None:
    """Adds the files of the messages from one sequence to another to their states."""
    for row in tuples(FILES, conversation_id=conversation_id, first=first, last=last):
        if row[0] in states:
            states[row[0]].files.append(state_in(row[1:]))


def file_at(conversation_id: int, sequence: int, position: int) -> FileState | None:
    """A file of a message; None if there is none at this position."""
    found = tuples(ONE, conversation_id=conversation_id, sequence=sequence, position=position)
    return state_in(found[0]) if found else None


def state_in(row: tuple[object, ...]) -> FileState:
    """The file in a row with `OWN` and `OF_BLOB`."""
    return file_state(row[: len(OWN)], row[len(OWN) :])


def quoted_file(conversation_id: int, sequence: int) -> QuotedFile | None:
    """The first file of an answered message."""
    row = row_or_none(FIRST, conversation_id=conversation_id, sequence=sequence)
    return None if row is None else QuotedFile(row.name, row.kind)
