"""Uploads: create one, add bytes, look at it, cancel it. `finished_uploads.py` has what follows the last byte.

How much has arrived is the size of the partial file. So a cut connection, a killed process and a full disk leave an
upload that goes on where it ends.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from chatapp.actions.file_room import require_room, require_room_on_disk, used_by
from chatapp.actions.file_states import OF_BLOB
from chatapp.actions.finished_uploads import finish, finish_stored, refusal_of
from chatapp.actions.released_files import release
from chatapp.actions.sessions import Caller
from chatapp.clock import now
from chatapp.errors import ChatError, LimitReached
from chatapp.eventloop.thread_pool import run_in_thread
from chatapp.extensions import db
from chatapp.file_errors import (
    ChecksumMismatch,
    FileInfected,
    FileTooLarge,
    FileTypeRefused,
    OffsetConflict,
    StorageFull,
    missing_upload,
)
from chatapp.files.file_store import FileStore
from chatapp.files.partial_files import PartialFile
from chatapp.journal import Journal, Transaction
from chatapp.journal.message_state import FileState, file_state
from chatapp.metrics.counters import counters
from chatapp.models import Blob, Upload, User
from chatapp.payload_fields import FILES
from chatapp.random_secrets import new_secret

KEPT = timedelta(days=7)
"""How long an upload may take, and then wait for its message."""

MOST_UPLOADS = 50
"""Uploads of one person that no message has yet, scheduled ones left out."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a person may send, in bytes. `quota_bytes` is 0 where there is no limit, and `types` empty."""

    largest_bytes: int
    files_a_message: int
    types: tuple[str, ...]
    quota_bytes: int
    used_bytes: int


@dataclass(frozen=True, slots=True)
class Progress:
    """An upload that may go on: how many bytes have arrived, of how many, and when it expires."""

    upload_id: str
    offset: int
    size: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class UploadState:
    """An upload as its owner sees it. `file` is there when it can be sent."""

    upload_id: str
    name: str
    size: int
    offset: int
    refusal: ChatError | None
    file: FileState | None


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request should have: `algorithm` is `sha1` or `sha256`."""

    algorithm: str
    digest: bytes


def limits_of(store: FileStore, caller: Caller) -> Limits:
    used = used_by(db.session(), caller.user_id)
    return Limits(store.largest_bytes, FILES, store.types, store.quota_of(caller.role), used)


def create_upload(
    journal: Journal, store: FileStore, caller: Caller, size: int, name: str, content_type: str
) -> Progress:
    """Makes room for a file of this size, in bytes.

    Raises FileTooLarge, FileTypeRefused, QuotaExceeded, StorageFull, and LimitReached for too many at once.
    """
    if size > store.largest_bytes:
        raise FileTooLarge(f"Files may have {store.largest_bytes:,} bytes.", limit=store.largest_bytes)
    if content_type and not store.allows(content_type):
        raise FileTypeRefused("Files of this type may not be sent.", types=list(store.types))
    upload = Upload(id=new_secret(), user_id=caller.user_id, size=size, name=name, expires_at=now() + KEPT)
    progress = Progress(upload.id, 0, size, upload.expires_at)
    run_in_thread(store.partial.create, upload.id)

    def write(transaction: Transaction) -> None:
        session = transaction.session
        session.scalar(select(User.id).where(User.id == caller.user_id).with_for_update(key_share=True))
        coming = (Upload.user_id == caller.user_id) & Upload.scheduled_as.is_(None)
        count = session.scalar(select(func.count()).select_from(Upload).where(coming))
        if (count or 0) >= MOST_UPLOADS:
            raise LimitReached(f"{MOST_UPLOADS} files may be on their way at once.", limit=MOST_UPLOADS)
        require_room(session, store, caller, size)
        session.add(upload)

    try:
        run_in_thread(require_room_on_disk, store, size)
        journal.write(write)
    except BaseException:
        run_in_thread(store.partial.delete, progress.upload_id)
        raise
    return progress


def progress_of(store: FileStore, caller: Caller, upload_id: str) -> Progress:
    """Raises UploadMissing."""
    upload = _own(caller, upload_id)
    return Progress(upload.id, _offset(store, upload), upload.size, upload.expires_at)


def receive(
    journal: Journal,
    store: FileStore,
    caller: Caller,
    upload_id: str,
    offset: int,
    pieces: Iterator[bytes],
    checksum: Checksum | None,
) -> Progress:
    """Appends bytes, as they arrive, to an upload that ends at `offset`. What has arrived is kept if they break off.
    With a checksum all of them are kept or none. After the last byte the file is processed.

    Raises UploadMissing, also for one that is cancelled meanwhile, OffsetConflict, UploadLocked, ChecksumMismatch,
    FileTooLarge for more bytes than announced, StorageFull, and for a complete file what `finish` raises.
    """
    upload = _own(caller, upload_id)
    size, name, expires_at = upload.size, upload.name, upload.expires_at
    # A request may take hours.
    db.session.remove()
    if _is_complete(upload):
        if offset != size:
            raise OffsetConflict("The upload ends at another place.", offset=size)
        return Progress(upload_id, size, size, expires_at)
    try:
        partial = run_in_thread(store.partial.open, upload_id)
    except FileNotFoundError:
        raise missing_upload(upload_id) from None
    with partial:
        if partial.size != offset:
            raise OffsetConflict("The upload ends at another place.", offset=partial.size)
        _append(store, partial, pieces, size, checksum)
        reached = partial.size
        if reached == size:
            finish(journal, store, upload_id, name, partial)
            counters.uploads += 1
    return Progress(upload_id, reached, size, expires_at)


def upload_of(journal: Journal, store: FileStore, caller: Caller, upload_id: str) -> UploadState:
    """An upload. A complete one is processed now if it is not yet. Raises UploadMissing, UploadLocked while another
    request does so, and Unavailable."""
    upload = _own(caller, upload_id)
    offset = _offset(store, upload)
    if offset == upload.size and not _is_complete(upload):
        _finish_again(journal, store, upload_id, upload.name, upload.blob_hash)
        upload = _own(caller, upload_id)
    refusal = None if upload.refusal is None else refusal_of(upload.refusal)
    file = None
    if upload.is_ready:
        blob = db.session.execute(select(*OF_BLOB).where(Blob.hash == upload.blob_hash)).one()
        file = file_state((upload.name, "", None, None, None, "", False), tuple(blob))
    return UploadState(upload.id, upload.name, upload.size, offset, refusal, file)


def cancel_upload(journal: Journal, store: FileStore, caller: Caller, upload_id: str) -> None:
    """Raises UploadMissing."""
    _own(caller, upload_id)
    remove_upload(journal, store, upload_id)


def remove_upload(journal: Journal, store: FileStore, upload_id: str) -> None:
    """Removes an upload and its bytes, unless a message or a scheduled one has them meanwhile."""

    def write(transaction: Transaction) -> None:
        upload = transaction.session.get(Upload, upload_id, with_for_update=True)
        if upload is not None and upload.scheduled_as is None:
            if upload.blob_hash is not None:
                release(transaction, {upload.blob_hash})
            transaction.session.delete(upload)

    journal.write(write)
    run_in_thread(store.partial.delete, upload_id)


def _finish_again(journal: Journal, store: FileStore, upload_id: str, name: str, blob_hash: str | None) -> None:
    """Processes a complete upload of which an earlier request did not see the end."""
    db.session.remove()
    try:
        partial = run_in_thread(store.partial.open, upload_id)
    except FileNotFoundError:
        finish_stored(journal, store, upload_id, blob_hash)
        return
    with partial, suppress(FileInfected, FileTypeRefused):
        finish(journal, store, upload_id, name, partial)


def _append(
    store: FileStore, partial: PartialFile, pieces: Iterator[bytes], size: int, checksum: Checksum | None
) -> None:
    began_at = partial.size
    digest = None if checksum is None else hashlib.new(checksum.algorithm, usedforsecurity=False)

    def write(piece: bytes) -> None:
        # Many uploads may have been announced while there was room for each of them.
        require_room_on_disk(store, len(piece))
        partial.write(piece)
        if digest is not None:
            digest.update(piece)

    try:
        for piece in pieces:
            if partial.size + len(piece) > size:
                raise FileTooLarge("There are more bytes than the upload was announced with.", limit=size)
            run_in_thread(write, piece)
            counters.upload_bytes += len(piece)
    except OSError as error:
        raise StorageFull("The file cannot be stored now.") from error
    finally:
        if is_wrong := checksum is not None and digest is not None and digest.digest() != checksum.digest:
            run_in_thread(partial.cut, began_at)
    if is_wrong:
        raise ChecksumMismatch("The bytes are not those of the checksum.")


def _own(caller: Caller, upload_id: str) -> Upload:
    upload = db.session.get(Upload, upload_id, populate_existing=True)
    if upload is None or upload.user_id != caller.user_id or upload.scheduled_as or upload.expires_at <= now():
        raise missing_upload(upload_id)
    return upload


def _is_complete(upload: Upload) -> bool:
    """Whether nothing is left to do."""
    return upload.is_ready or upload.refusal is not None


def _offset(store: FileStore, upload: Upload) -> int:
    if _is_complete(upload):
        return upload.size
    arrived = run_in_thread(store.partial.size, upload.id)
    if arrived is not None:
        return arrived
    if upload.blob_hash is None:
        raise missing_upload(upload.id)
    # Its bytes were stored, and the process ended before it said so.
    return upload.size
