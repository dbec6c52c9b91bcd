"""Jobs about files: deletes bytes that nothing has any more, uploads that have expired, and what a killed process has
left of others."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from chatapp.actions.deletion_hold import DELETE_FILES
from chatapp.actions.released_files import delete_released
from chatapp.actions.uploads import remove_upload
from chatapp.clock import now
from chatapp.eventloop.thread_pool import run_in_thread
from chatapp.extensions import db
from chatapp.files.file_store import FileStore, make_file_store
from chatapp.files.storage import StorageUnavailable
from chatapp.jobs import enqueue
from chatapp.jobs.kind import Again, JobFailed, Kind, Services
from chatapp.journal import Journal, Transaction
from chatapp.models import Blob, Upload

EXPIRED_AT_ONCE = 100

FORGOTTEN = timedelta(days=1)
"""How old partial files, workspaces and copies are that are looked at. No request takes so long to finish an upload."""


def _delete(services: Services, _payload: Mapping[str, Any]) -> Again | None:
    store = make_file_store(services.settings)
    try:
        while delete_released(services.journal, store.storage):
            if not services.has_time():
                return Again(0)
    except (OSError, StorageUnavailable) as error:
        raise JobFailed("The storage of files cannot be used.") from error
    return None


def _expire(services: Services, _payload: Mapping[str, Any]) -> None:
    store = make_file_store(services.settings)
    remove_expired(services.journal, store)
    remove_forgotten(store)
    services.journal.write(delete_again, durable=False)


def remove_expired(journal: Journal, store: FileStore) -> int:
    """Removes the uploads that no message has taken in time. Returns how many."""
    is_expired = (Upload.expires_at <= now()) & Upload.scheduled_as.is_(None)
    query = select(Upload.id).where(is_expired).order_by(Upload.expires_at).limit(EXPIRED_AT_ONCE)
    count = 0
    while expired := list(db.session.scalars(query)):
        db.session.remove()
        for upload_id in expired:
            remove_upload(journal, store, upload_id)
        count += len(expired)
    db.session.remove()
    return count


def remove_forgotten(store: FileStore) -> int:
    """Removes what processes that were killed have left on this machine: partial files without an upload, since its
    message was sent or it was never stored, workspaces, and incomplete copies. Returns how many of the first."""
    before = (now() - FORGOTTEN).timestamp()
    ids = run_in_thread(store.partial.unchanged_since, before)
    count = 0
    for start in range(0, len(ids), EXPIRED_AT_ONCE):
        part = ids[start : start + EXPIRED_AT_ONCE]
        known = set(db.session.scalars(select(Upload.id).where(Upload.id.in_(part))))
        db.session.remove()
        for upload_id in part:
            if upload_id not in known:
                run_in_thread(store.partial.delete, upload_id)
                count += 1
    run_in_thread(store.partial.delete_workspaces, before)
    run_in_thread(store.storage.delete_incomplete, before)
    return count


def delete_again(transaction: Transaction) -> None:
    """Has the bytes deleted of which the job has become a dead letter, as after a long outage of the storage."""
    is_left = select(Blob.hash).where(Blob.released_at.is_not(None)).limit(1)
    if transaction.session.scalar(is_left) is not None:
        enqueue(transaction, DELETE_FILES, {}, key=DELETE_FILES)


DELETE = Kind(DELETE_FILES, _delete, most_attempts=10)
EXPIRE = Kind("expired_uploads", _expire, every=timedelta(hours=1))
