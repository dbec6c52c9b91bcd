"""What follows the last byte of an upload: the file is scanned, processed, stored under its hash, and ready to be sent.

Every step can be repeated. A process that is stopped in between leaves an upload that is processed again when its owner
asks for it.
"""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import update

from chatapp.actions.released_files import release
from chatapp.errors import Unavailable
from chatapp.eventloop.thread_pool import run_in_background, run_in_thread
from chatapp.file_errors import FileInfected, FileTypeRefused, missing_upload
from chatapp.files import keys
from chatapp.files.file_store import FileStore
from chatapp.files.partial_files import PartialFile
from chatapp.files.storage import NotStored, StorageUnavailable
from chatapp.journal import Journal, Transaction
from chatapp.journal.message_state import sizes_in
from chatapp.media.inspection import Media, inspect
from chatapp.models import Blob, Upload

CLAIM_SECONDS = 0.05
CLAIMS = 100
"""How often, and in which intervals, a claim is repeated while the same bytes are being deleted."""

REFUSALS: dict[str, tuple[type[FileInfected | FileTypeRefused], str]] = {
    FileInfected.code: (FileInfected, "The scanner has found something in the file."),
    FileTypeRefused.code: (FileTypeRefused, "Files of this type may not be sent."),
}


def refusal_of(code: str) -> FileInfected | FileTypeRefused:
    """A new error of the kind for which a file was refused: an error that is raised keeps where it was raised."""
    make, sentence = REFUSALS[code]
    return make(sentence)


def finish(journal: Journal, store: FileStore, upload_id: str, name: str, partial: PartialFile) -> None:
    """Processes a complete upload, whose partial file is locked.

    Raises FileInfected, FileTypeRefused, UploadMissing if it is cancelled meanwhile, and Unavailable if the scanner,
    the worker or the storage cannot be used now.
    """
    run_in_thread(partial.sync)
    path = store.partial.path(upload_id)
    try:
        _process(journal, store, upload_id, name, path)
    except FileNotFoundError:
        raise missing_upload(upload_id) from None
    except (FileInfected, FileTypeRefused) as error:
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
    _set_ready(journal, upload_id, blob_hash, size, media)


def finish_stored(journal: Journal, store: FileStore, upload_id: str, blob_hash: str | None) -> None:
    """Makes an upload ready whose bytes were stored before its process ended. Raises UploadMissing if they are not
    there."""
    key = None if blob_hash is None else keys.key_of(blob_hash)
    if key is None or not run_in_thread(_has, store, key):
        raise missing_upload(upload_id)
    _set(journal, upload_id, is_ready=True)


def hash_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, hashlib.sha256).hexdigest()


def _claim(journal: Journal, upload_id: str, blob_hash: str, size: int, media: Media) -> None:
    """Keeps the bytes of this hash from being deleted from now on. Waits while they are."""

    def claim(transaction: Transaction) -> bool:
        if not _has_row(transaction, blob_hash, size, media):
            return False
        upload = transaction.session.get(Upload, upload_id, with_for_update=True)
        if upload is None:
            # It was cancelled meanwhile.
            raise missing_upload(upload_id)
        if upload.blob_hash not in (None, blob_hash):
            # An earlier attempt, which was cut off, has made something else of the file.
            release(transaction, {upload.blob_hash})
        upload.blob_hash = blob_hash
        return True

    _write_until(journal, claim)


def _set_ready(journal: Journal, upload_id: str, blob_hash: str, size: int, media: Media) -> None:
    """Says that an upload can be sent. If it was cancelled while its bytes were stored, the job that deletes them may
    have come too early, so there is another one. Raises UploadMissing then."""
    is_missing = False

    def write(transaction: Transaction) -> bool:
        nonlocal is_missing
        upload = transaction.session.get(Upload, upload_id, with_for_update=True)
        is_missing = upload is None
        if upload is not None:
            upload.is_ready = True
        elif not _has_row(transaction, blob_hash, size, media):
            return False
        else:
            release(transaction, {blob_hash})
        return True

    _write_until(journal, write)
    if is_missing:
        raise missing_upload(upload_id)


def _write_until(journal: Journal, write: Callable[[Transaction], bool]) -> None:
    """Repeats a write until it returns True: until the same bytes are not being deleted any more."""
    for _ in range(CLAIMS):
        if journal.write(write):
            return
        time.sleep(CLAIM_SECONDS)
    raise Unavailable("The same file is being deleted at the moment. Please try again.")


def _has_row(transaction: Transaction, blob_hash: str, size: int, media: Media) -> bool:
    """Locks the row of these bytes, or adds it. Returns False while they are being deleted."""
    session = transaction.session
    blob = session.get(Blob, blob_hash, with_for_update=True)
    if blob is not None and blob.is_deleting:
        return False
    if blob is None:
        blob = Blob(hash=blob_hash, size=size, is_deleting=False, previews="")
        session.add(blob)
    elif len(media.previews) <= len(sizes_in(blob.previews)):
        # Messages may show what it says. The name of another upload is no reason for another type, and a worker that
        # had no time none for fewer previews.
        return True
    blob.kind, blob.content_type, blob.placeholder = media.kind, media.content_type, media.placeholder
    blob.width, blob.height = media.width, media.height
    blob.previews = " ".join(f"{preview.width}x{preview.height}" for preview in media.previews)
    session.flush()
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


def _set(journal: Journal, upload_id: str, **values: object) -> None:
    def write(transaction: Transaction) -> None:
        transaction.session.execute(update(Upload).where(Upload.id == upload_id).values(**values))

    journal.write(write)
