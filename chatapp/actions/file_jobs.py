"""Jobs about files: deletes bytes that nothing has any more, and uploads that have expired."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from chatapp.actions.released_files import DELETE_FILES, delete_released
from chatapp.actions.uploads import remove_upload
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.files.file_store import FileStore, make_file_store
from chatapp.files.storage import StorageUnavailable
from chatapp.jobs.kind import Again, JobFailed, Kind, Services
from chatapp.journal import Journal
from chatapp.models import Upload

EXPIRED_AT_ONCE = 100


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
    remove_expired(services.journal, make_file_store(services.settings))


def remove_expired(journal: Journal, store: FileStore) -> int:
    """Removes the uploads that no message has taken in time. Returns how many."""
    query = select(Upload.id).where(Upload.expires_at <= now()).order_by(Upload.expires_at).limit(EXPIRED_AT_ONCE)
    count = 0
    while expired := list(db.session.scalars(query)):
        db.session.remove()
        for upload_id in expired:
            remove_upload(journal, store, upload_id)
        count += len(expired)
    db.session.remove()
    return count


DELETE = Kind(DELETE_FILES, _delete, most_attempts=10)
EXPIRE = Kind("expired_uploads", _expire, every=timedelta(hours=1))
