"""The files of new messages: taken from uploads, or from the message that is forwarded, in the transaction that stores
the messages."""

from collections.abc import Iterable, Sequence
from typing import Any

from chatapp.database import WriterConnection
from chatapp.errors import ChatError
from chatapp.file_errors import QuotaExceeded, UploadIncomplete, missing_upload
from chatapp.journal.drafts import FileDraft, MessageDraft, StoredMessage
from chatapp.journal.message_state import FileState, MessageState, file_state
from chatapp.journal.new_states import MARK_STATE
from chatapp.journal.values import flat, placeholders, value_rows

BLOB_COLUMNS = "b.hash, b.size, b.kind, b.content_type, b.width, b.height, b.placeholder, b.previews"
"""What `file_state` reads of a blob."""

UPLOADS = f"""SELECT u.id, u.name, u.is_ready, {BLOB_COLUMNS} FROM upload u LEFT JOIN blob b ON b.hash = u.blob_hash
WHERE u.id IN ({{ids}}) AND u.user_id = ? AND COALESCE(u.scheduled_as, '') = ?"""  # noqa: S608 placeholders only

USE_UP = "DELETE FROM upload WHERE id IN ({ids})"

ORIGINALS = f"""SELECT f.name, f.alt, f.width, f.height, f.milliseconds, f.waveform, f.is_voice, {BLOB_COLUMNS}
FROM message_file f JOIN blob b ON b.hash = f.blob_hash
WHERE f.conversation_id = ? AND f.sequence = ? AND NOT b.is_deleting ORDER BY f.position"""  # noqa: S608

USED = """SELECT COALESCE((SELECT SUM(size) FROM message_file WHERE sender_id = ?), 0)
+ COALESCE((SELECT SUM(size) FROM upload WHERE user_id = ?), 0)"""

COLUMNS = (
    "conversation_id, sequence, position, blob_hash, sender_id, size, name, alt, width, height, milliseconds, waveform"
)
INSERT = f"INSERT INTO message_file ({COLUMNS}, is_voice) VALUES {{rows}}"  # noqa: S608
INSERTED = 13
"""Columns of INSERT."""


class MessageFiles:
    """The files of one batch."""

    def __init__(self, connection: WriterConnection) -> None:
        self._connection = connection
        # PostgreSQL: the bytes are not deleted before this transaction has ended, nor used up by another one.
        self._lock_uploads = "" if connection.is_sqlite else " ORDER BY u.id FOR UPDATE OF u"
        self._lock_blobs = "" if connection.is_sqlite else " FOR KEY SHARE OF b"
        self._used: set[str] = set()

    def of(self, draft: MessageDraft) -> list[FileState] | ChatError:
        """The files of a draft, or why it cannot have them. None of them is used up before `insert`."""
        ids = [file.upload_id for file in draft.files]
        if len(set(ids)) < len(ids) or not self._used.isdisjoint(ids):
            return missing_upload(ids[0])
        sql = UPLOADS.format(ids=placeholders(ids)) + self._lock_uploads
        # A scheduled message has its uploads for itself.
        scheduled_as = draft.client_id if draft.is_scheduled else ""
        rows = self._connection.execute(sql, (*ids, draft.sender_id, scheduled_as)).fetchall()
        found = {row[0]: row for row in rows}
        states = []
        for file in draft.files:
            row = found.get(file.upload_id)
            if row is None:
                return missing_upload(file.upload_id)
            if not row[2]:
                return UploadIncomplete("The file is not complete.", uploadId=file.upload_id)
            states.append(_state(file, row))
        self._used.update(ids)
        return states

    def of_original(self, conversation_id: int, sequence: int) -> list[FileState]:
        """The files of a message that is forwarded."""
        sql = ORIGINALS + self._lock_blobs
        rows = self._connection.execute(sql, (conversation_id, sequence)).fetchall()
        return [file_state(row[:7], row[7:]) for row in rows]

    def refusal_of(self, files: list[FileState], draft: MessageDraft) -> QuotaExceeded | None:
        """Why the sender cannot have copies of these files. Else what one person may store would have no limit: another
        one forwards it, and the first deletes it."""
        row = self._connection.execute(USED, (draft.sender_id, draft.sender_id)).fetchone()
        used, limit = int(row[0]), draft.quota_bytes
        if used + sum(file.size for file in files) <= limit:
            return None
        return QuotaExceeded(f"Your files may take {limit:,} bytes together.", limit=limit, used=used)

    def insert(self, messages: Iterable[StoredMessage]) -> None:
        """Inserts the files of these messages, which are stored already, and uses the uploads up."""
        rows: list[tuple[Any, ...]] = []
        for message in messages:
            if message.state is not None and message.state.files:
                key = (message.conversation_id, message.sequence)
                self._connection.execute(MARK_STATE, key)
                rows += [_row(message, position, file) for position, file in enumerate(message.state.files, 1)]
        if rows:
            self._connection.execute(INSERT.format(rows=value_rows(INSERTED, len(rows))), flat(rows))
        if self._used:
            self._connection.execute(USE_UP.format(ids=placeholders(self._used)), tuple(self._used))


def with_files(state: MessageState | None, revision: int, files: list[FileState]) -> MessageState | None:
    """The state of a new message, stored at `revision`, that has these files."""
    if not files:
        return state
    state = state or MessageState()
    state.changed_revision, state.files = revision, files
    return state


def _state(file: FileDraft, row: Sequence[Any]) -> FileState:
    own = (row[1], file.alt, file.width, file.height, file.milliseconds, file.waveform, file.is_voice)
    return file_state(own, row[3:])


def _row(message: StoredMessage, position: int, file: FileState) -> tuple[Any, ...]:
    place = (message.conversation_id, message.sequence, position, file.blob_hash, message.sender_id, file.size)
    # Those of a picture belong to the blob.
    width, height = (file.width, file.height) if file.kind == "video" else (None, None)
    waveform = " ".join(map(str, file.waveform))
    return (*place, file.name, file.alt, width, height, file.milliseconds, waveform, file.is_voice)
