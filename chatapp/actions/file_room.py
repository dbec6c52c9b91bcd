"""The room that files may take: of a person, of all, and on the disk."""

import shutil

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chatapp.actions.sessions import Caller
from chatapp.file_errors import QuotaExceeded, StorageFull
from chatapp.files.file_store import FileStore
from chatapp.models import Blob, MessageFile, Upload

FREE_BYTES = 256 << 20
"""What is left of the disk for everything else."""


def require_room(session: Session, store: FileStore, caller: Caller, size: int) -> None:
    """Raises QuotaExceeded or StorageFull where a file of this size would pass a limit that the operator has set."""
    quota = store.quota_of(caller.role)
    if quota and (used := used_by(session, caller.user_id)) + size > quota:
        raise QuotaExceeded(f"Your files may take {quota:,} bytes together.", limit=quota, used=used)
    if store.all_bytes and _used_by_all(session) + size > store.all_bytes:
        raise StorageFull("There is no room for more files.")


def require_room_on_disk(store: FileStore, size: int) -> None:
    """Raises StorageFull where too little of the disk would be left. Blocks for the disk."""
    if shutil.disk_usage(store.partial.folder).free < size + FREE_BYTES:
        raise StorageFull("There is no room for more files.")


def used_by(session: Session, user_id: int) -> int:
    """The bytes of all files that a person has sent or is sending."""
    sent = select(func.sum(MessageFile.size)).where(MessageFile.sender_id == user_id)
    coming = select(func.sum(Upload.size)).where(Upload.user_id == user_id)
    return sum(int(session.scalar(one) or 0) for one in (sent, coming))


def _used_by_all(session: Session) -> int:
    coming = select(func.sum(Upload.size)).where(Upload.blob_hash.is_(None))
    return sum(int(session.scalar(one) or 0) for one in (select(func.sum(Blob.size)), coming))
