"""Takes files from messages and uploads, and has a job delete the bytes that nothing has any more.

The bytes are outside the database, so they are deleted in three steps: a transaction marks those that nothing has, then
they are deleted, then their row is. While they are marked nobody begins to use them. A process that is stopped in
between leaves the mark, and the next run goes on. While a backup is being made, nothing is marked.
"""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chatapp.actions.deletion_hold import DELETE_FILES, are_held
from chatapp.clock import now
from chatapp.eventloop.thread_pool import run_in_thread
from chatapp.extensions import db
from chatapp.files import keys
from chatapp.files.storage import Storage
from chatapp.jobs import enqueue
from chatapp.journal import Journal, Transaction
from chatapp.journal.message_state import sizes_in
from chatapp.media.drawing import PREVIEW_SIDES
from chatapp.models import Blob, MessageFile, Upload

DELETED_AT_ONCE = 100
"""Blobs that one look finds."""


def has_files(session: Session, conversation_id: int, sequence: int) -> bool:
    """Whether a message has files."""
    return session.get(MessageFile, (conversation_id, sequence, 1)) is not None


def release_files(transaction: Transaction, conversation_id: int, first: int, last: int) -> None:
    """Takes the files from the messages from one sequence to another."""
    session = transaction.session
    part = (MessageFile.conversation_id == conversation_id) & MessageFile.sequence.between(first, last)
    hashes = set(session.scalars(select(MessageFile.blob_hash).where(part)))
    if hashes:
        session.execute(delete(MessageFile).where(part))
        release(transaction, hashes)


def release(transaction: Transaction, hashes: set[str]) -> None:
    """Notes that something let go of these bytes."""
    transaction.session.execute(update(Blob).where(Blob.hash.in_(hashes)).values(released_at=now()))
    enqueue(transaction, DELETE_FILES, {}, key=DELETE_FILES)


def delete_released(journal: Journal, storage: Storage) -> int:
    """Deletes the bytes that nothing has any more. Returns how many it has looked at, DELETED_AT_ONCE at most: none
    while a backup is being made, at whose end the job runs again."""
    query = select(Blob.hash).where(Blob.released_at.is_not(None)).order_by(Blob.released_at).limit(DELETED_AT_ONCE)
    hashes = [] if are_held(db.session()) else list(db.session.scalars(query))
    db.session.remove()
    for blob_hash in hashes:
        _delete_if_unused(journal, storage, blob_hash)
    return len(hashes)


def delete_unstored(journal: Journal, storage: Storage, blob_hash: str) -> bool:
    """Deletes bytes that the database does not know. Returns whether it did: an upload may have come meanwhile."""

    def claim(transaction: Transaction) -> bool:
        if transaction.session.get(Blob, blob_hash, with_for_update=True) is not None:
            return False
        # While this row is there, an upload of the same bytes waits.
        row = Blob(hash=blob_hash, size=0, kind="other", content_type="", released_at=now(), is_deleting=True)
        transaction.session.add(row)
        return True

    if not journal.write(claim, durable=False):
        return False
    _delete_marked(journal, storage, blob_hash, len(PREVIEW_SIDES))
    return True


def _delete_if_unused(journal: Journal, storage: Storage, blob_hash: str) -> None:
    previews = journal.write(lambda transaction: _mark(transaction, blob_hash), durable=False)
    if previews is not None:
        _delete_marked(journal, storage, blob_hash, len(sizes_in(previews)))


def _mark(transaction: Transaction, blob_hash: str) -> str | None:
    """Marks the bytes as being deleted if nothing has them. Returns the sizes of their previews, or None."""
    session = transaction.session
    # Waits for the transactions that are about to use them.
    blob = session.scalar(select(Blob).where(Blob.hash == blob_hash).with_for_update())
    if blob is None:
        return None
    if _is_used(session, blob_hash):
        blob.released_at = None
        return None
    # Asked after the use: whatever a snapshot has and nothing uses any more was released after the hold began.
    if not blob.is_deleting and are_held(session):
        return None
    blob.is_deleting, blob.released_at = True, blob.released_at or now()
    return blob.previews


def _delete_marked(journal: Journal, storage: Storage, blob_hash: str, previews: int) -> None:
    for key in keys.all_of(blob_hash, previews):
        run_in_thread(storage.delete, key)
    row = delete(Blob).where(Blob.hash == blob_hash, Blob.is_deleting)
    journal.write(lambda transaction: transaction.session.execute(row), durable=False)


def _is_used(session: Session, blob_hash: str) -> bool:
    in_message = select(MessageFile.position).where(MessageFile.blob_hash == blob_hash).limit(1)
    in_upload = select(Upload.id).where(Upload.blob_hash == blob_hash).limit(1)
    return session.scalar(in_message) is not None or session.scalar(in_upload) is not None
