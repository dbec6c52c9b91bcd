"""Compares what the database says of stored files with what is stored."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from chatapp.actions.file_jobs import remove_expired, remove_forgotten
from chatapp.actions.released_files import delete_released, delete_unstored
from chatapp.eventloop.thread_pool import run_in_thread
from chatapp.extensions import db
from chatapp.files import keys
from chatapp.files.file_store import FileStore
from chatapp.files.storage import NotStored, Storage
from chatapp.files.stored_file import READ_BYTES
from chatapp.journal import Journal
from chatapp.journal.message_state import sizes_in
from chatapp.models import Blob, MessageFile, Upload

AT_ONCE = 500
"""Rows that one read returns."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the bytes under a key: `missing`, `size` or `hash`."""

    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class Swept:
    """How much was deleted."""

    uploads: int
    blobs: int
    keys: int
    partial_files: int


def problems(store: FileStore, *, reads: bool) -> Iterator[Problem]:
    """What is wrong with what messages and uploads have. `reads`: every byte is read and compared with its hash."""
    for blob_hash, size, previews in _blobs_in_use():
        key = keys.key_of(blob_hash)
        problem = _problem_of(store.storage, key, size, blob_hash if reads else None)
        if problem is not None:
            yield Problem(key, problem)
        for number in range(previews):
            preview = keys.preview_key(blob_hash, number)
            if _problem_of(store.storage, preview, None, None) is not None:
                yield Problem(preview, "missing")


def count_blobs() -> int:
    """How many different files messages and uploads have."""
    return sum(1 for _ in _blobs_in_use())


def sweep(journal: Journal, store: FileStore) -> Swept:
    """Deletes what nothing has: expired uploads, bytes that were released, stored bytes that the database does not
    know, and partial files without an upload. A server may run meanwhile."""
    uploads = remove_expired(journal, store)
    blobs = 0
    while count := delete_released(journal, store.storage):
        blobs += count
    known = {*_all_hashes()}
    unknown = {hash_of for key in run_in_thread(_keys, store.storage) if (hash_of := keys.hash_in(key)) not in known}
    deleted = sum(delete_unstored(journal, store.storage, blob_hash) for blob_hash in sorted(unknown))
    return Swept(uploads, blobs, deleted, remove_forgotten(store))


def _blobs_in_use() -> Iterator[tuple[str, int, int]]:
    """The hash, the size and the count of previews of each blob that a message or a complete upload has."""
    after = ""
    while True:
        in_message = select(MessageFile.position).where(MessageFile.blob_hash == Blob.hash).exists()
        in_upload = select(Upload.id).where(Upload.blob_hash == Blob.hash, Upload.is_ready).exists()
        query = select(Blob.hash, Blob.size, Blob.previews).where(Blob.hash > after, in_message | in_upload)
        rows = db.session.execute(query.order_by(Blob.hash).limit(AT_ONCE)).all()
        db.session.remove()
        for row in rows:
            yield row.hash, row.size, len(sizes_in(row.previews))
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].hash


def _all_hashes() -> list[str]:
    found = list(db.session.scalars(select(Blob.hash)))
    db.session.remove()
    return found


def _problem_of(storage: Storage, key: str, size: int | None, blob_hash: str | None) -> str | None:
    try:
        found = run_in_thread(storage.size, key)
        if size is not None and found != size:
            return "size"
        if blob_hash is not None and run_in_thread(_hash_of, storage, key, found) != blob_hash:
            return "hash"
    except NotStored:
        return "missing"
    return None


def _hash_of(storage: Storage, key: str, size: int) -> str:
    digest = hashlib.sha256()
    for first in range(0, size, READ_BYTES):
        digest.update(storage.read(key, first, READ_BYTES))
    return digest.hexdigest()


def _keys(storage: Storage) -> list[str]:
    return list(storage.keys())
