"""What follows the last byte of an upload: the file is scanned, processed, stored under its hash, and ready to be sent.

Every step can be repeated. A process that is stopped in between leaves an upload that is processed again when its owner
asks for it.
"""

import hashlib
import time
from pathlib import Path

from sqlalchemy import update

from chatapp.errors import ChatError, Unavailable
from chatapp.eventloop.thread_pool import run_in_background, run_in_thread
from chatapp.file_errors import FileInfected, FileTypeRefused, UploadMissing
from chatapp.files import keys
from chatapp.files.file_store import FileStore
from chatapp.files.partial_files import PartialFile
from chatapp.files.storage import NotStored, StorageUnavailable
from chatapp.journal import Journal, Transaction
from chatapp.media.inspection import Media, inspect
from chatapp.models import Blob, Upload

READ_BYTES = 1 << 20
CLAIM_SECONDS = 0.05
CLAIMS = 100
"""How often, and in which intervals, a claim is repeated while the same bytes are being deleted."""

REFUSALS = {
    FileInfected.code: FileInfected("The scanner has found something in the file."),
    FileTypeRefused.code: FileTypeRefused("Files of this type may not be sent."),
}


def refusal_of(code: str) -> ChatError:
    """The error for which a file was refused."""
    return REFUSALS[code]


def finish(journal: Journal, store: FileStore, upload_id: str, name: str, partial: PartialFile) -> None:
    """Processes a complete upload, whose partial file is locked.

    Raises FileInfected, FileTypeRefused, and Unavailable if the scanner, the worker or the storage cannot be used now.
    """
    run_in_thread(partial.sync)
    path = store.partial.path(upload_id)
    try:
        _process(journal, store, upload_id, name, path)
    except tuple(type(refusal) for refusal in REFUSALS.values()) as error:
        _set(journal, upload_id, refusal=error.code)
        run_in_thread(store.partial.delete, upload_id)
        raise
    run_in_thread(store.partial.delete, upload_id)


def _process(journal: Journal, store: FileStore, upload_id: str, name: str, path: Path) -> None:
    if store.scanner is not None and store.scanner.scan(path) is not None:
        raise refusal_of(FileInfected.code)
    with store.partial.workspace(upload_id) as workspace:
        media = inspect(path, name, workspace)
        if not store.allows(media.content_type):
            raise FileTypeRefused("Files of this type may not be sent.", types=list(store.types))
        source = media.cleaned or path
        size = source.stat().st_size
        blob_hash = run_in_background(hash_of, source)
        _claim(journal, upload_id, blob_hash, size, media)
        _put(store, blob_hash, source, size, media)
    _set(journal, upload_id, is_ready=True)


def finish_stored(journal: Journal, store: FileStore, upload_id: str, blob_hash: str | None) -> None:
    """Makes an upload ready whose bytes were stored before its process ended. Raises UploadMissing if they are not
    there."""
    key = None if blob_hash is None else keys.key_of(blob_hash)
    if key is None or not run_in_thread(_has, store, key):
        raise _missing(upload_id)
    _set(journal, upload_id, is_ready=True)


def hash_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal. Reads READ_BYTES at a time."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, hashlib.sha256).hexdigest()


def _claim(journal: Journal, upload_id: str, blob_hash: str, size: int, media: Media) -> None:
    """Keeps the bytes of this hash from being deleted from now on. Waits while they are."""
    for _ in range(CLAIMS):
        if journal.write(lambda transaction: _is_claimed(transaction, upload_id, blob_hash, size, media)):
            return
        time.sleep(CLAIM_SECONDS)
    raise Unavailable("The same file is being deleted at the moment. Please try again.")


def _is_claimed(transaction: Transaction, upload_id: str, blob_hash: str, size: int, media: Media) -> bool:
    session = transaction.session
    blob = session.get(Blob, blob_hash, with_for_update=True)
    if blob is not None and blob.is_deleting:
        return False
    if blob is None:
        blob = Blob(hash=blob_hash, size=size, is_deleting=False)
        session.add(blob)
    blob.kind, blob.content_type, blob.placeholder = media.kind, media.content_type, media.placeholder
    blob.width, blob.height = media.width, media.height
    blob.previews = " ".join(f"{preview.width}x{preview.height}" for preview in media.previews)
    session.flush()
    upload = session.get(Upload, upload_id, with_for_update=True)
    if upload is None:
        # It was cancelled meanwhile.
        raise _missing(upload_id)
    upload.blob_hash = blob_hash
    return True


def _put(store: FileStore, blob_hash: str, source: Path, size: int, media: Media) -> None:
    """Stores the previews and then the bytes, which are there when everything is."""
    try:
        for number, preview in enumerate(media.previews):
            run_in_thread(store.storage.put, keys.preview_key(blob_hash, number), preview.path)
        key = keys.key_of(blob_hash)
        if not run_in_thread(_has, store, key, size):
            run_in_thread(store.storage.put, key, source)
    except (OSError, StorageUnavailable) as error:
        raise Unavailable("The file cannot be stored now. Please try again.") from error


def _has(store: FileStore, key: str, size: int | None = None) -> bool:
    """Whether the bytes are stored, all `size` of them."""
    try:
        return store.storage.size(key) == size or size is None
    except NotStored:
        return False


def _missing(upload_id: str) -> UploadMissing:
    return UploadMissing("There is no such upload, or a message has it already.", uploadId=upload_id)


def _set(journal: Journal, upload_id: str, **values: object) -> None:
    def write(transaction: Transaction) -> None:
        transaction.session.execute(update(Upload).where(Upload.id == upload_id).values(**values))

    journal.write(write)
