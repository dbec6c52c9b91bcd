"""The files of scheduled messages: uploads that are kept until the message is sent or deleted.

An upload that a scheduled message has belongs to it alone: it does not expire, and no other message takes it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from chatapp.actions.file_states import OF_BLOB
from chatapp.actions.released_files import release
from chatapp.clock import now
from chatapp.file_errors import UploadIncomplete, missing_upload
from chatapp.journal import Transaction
from chatapp.journal.drafts import FileDraft
from chatapp.journal.message_state import FileState, file_state
from chatapp.journal.scheduled_files import files_in, text_of
from chatapp.models import ScheduledMessage, Upload
from chatapp.models.tables import BLOBS, UPLOADS
from chatapp.prepared_statements import tuples

KEPT = (
    select(UPLOADS.c.id, UPLOADS.c.name, *OF_BLOB)
    .join(BLOBS, BLOBS.c.hash == UPLOADS.c.blob_hash)
    .where(UPLOADS.c.user_id == bindparam("user_id"), UPLOADS.c.scheduled_as == bindparam("client_id"))
)


def keep_files(transaction: Transaction, row: ScheduledMessage, files: Sequence[FileDraft]) -> None:
    """Gives complete uploads of the author to a new scheduled message. Raises UploadMissing and UploadIncomplete."""
    ids = [file.upload_id for file in files]
    query = select(Upload).where(Upload.id.in_(ids), Upload.user_id == row.user_id).order_by(Upload.id)
    found = {upload.id: upload for upload in transaction.session.scalars(query.with_for_update())} if ids else {}
    for upload_id in ids:
        upload = found.get(upload_id)
        if upload is None or upload.scheduled_as is not None or upload.expires_at <= now():
            raise missing_upload(upload_id)
        if not upload.is_ready:
            raise UploadIncomplete("The file is not complete.", uploadId=upload_id)
        upload.scheduled_as = row.client_id
    row.files = text_of(files)


def keep_only(transaction: Transaction, row: ScheduledMessage, upload_ids: Sequence[str]) -> None:
    """Removes all other files of a scheduled message. Raises UploadMissing for one that it does not have."""
    files = files_in(row.files)
    own = {file.upload_id for file in files}
    for upload_id in upload_ids:
        if upload_id not in own:
            raise missing_upload(upload_id)
    _remove(transaction, row, own.difference(upload_ids))
    row.files = text_of([file for file in files if file.upload_id in upload_ids])


def _remove(transaction: Transaction, row: ScheduledMessage, upload_ids: set[str]) -> None:
    query = select(Upload).where(Upload.id.in_(upload_ids), Upload.user_id == row.user_id).order_by(Upload.id)
    uploads = transaction.session.scalars(query.with_for_update()).all() if upload_ids else []
    hashes = {upload.blob_hash for upload in uploads if upload.blob_hash is not None}
    for upload in uploads:
        transaction.session.delete(upload)
    if hashes:
        transaction.session.flush()
        release(transaction, hashes)


def files_of(row: Any) -> dict[str, FileState]:
    """The files of a row with the columns `user_id`, `client_id` and `files`, by their uploads, in their order."""
    drafts = files_in(row.files)
    if not drafts:
        return {}
    found = {kept[0]: kept for kept in tuples(KEPT, user_id=row.user_id, client_id=row.client_id)}
    # A message that is sent meanwhile takes its uploads with it.
    return {draft.upload_id: _state(draft, found[draft.upload_id]) for draft in drafts if draft.upload_id in found}


def _state(draft: FileDraft, kept: tuple[Any, ...]) -> FileState:
    own = (kept[1], draft.alt, draft.width, draft.height, draft.milliseconds, draft.waveform, draft.is_voice)
    return file_state(own, kept[2:])
