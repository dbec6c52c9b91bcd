"""The files that a person has sent, in an export."""

from collections.abc import Iterator

from sqlalchemy import bindparam, select, tuple_

from chatapp.export.archive import File
from chatapp.export.messages import Exporter, require_signed_in
from chatapp.files import keys
from chatapp.files.storage import NotStored, Storage
from chatapp.files.stored_file import READ_BYTES, StoredFile
from chatapp.models.tables import BLOBS, MESSAGE_FILES
from chatapp.prepared_statements import release_connection, tuples

PAGE = 100
"""Files whose rows are read at once."""

_PLACE = (MESSAGE_FILES.c.conversation_id, MESSAGE_FILES.c.sequence, MESSAGE_FILES.c.position)
SENT = (
    select(*_PLACE, MESSAGE_FILES.c.name, BLOBS.c.hash, BLOBS.c.size)
    .join(BLOBS, BLOBS.c.hash == MESSAGE_FILES.c.blob_hash)
    .where(
        MESSAGE_FILES.c.sender_id == bindparam("user_id"),
        tuple_(*_PLACE) > tuple_(bindparam("conversation_id"), bindparam("sequence"), bindparam("position")),
    )
    .order_by(*_PLACE)
    .limit(PAGE)
)


def sent_files(exporter: Exporter, storage: Storage) -> Iterator[File]:
    """Each file, in the order of the conversations and their messages. Raises NotSignedIn when the session has ended.
    What cannot be found in the storage is left out."""
    place = (0, 0, 0)
    while True:
        require_signed_in(exporter)
        named = dict(zip(("conversation_id", "sequence", "position"), place, strict=True))
        rows = tuples(SENT, user_id=exporter.user_id, **named)
        release_connection()
        for conversation_id, sequence, position, name, blob_hash, size in rows:
            stored = StoredFile(storage, keys.key_of(blob_hash), size)
            path = f"files/{conversation_id}-{sequence}-{position}/{name}"
            yield File(path, _pieces(stored), is_compressed=False)
        if len(rows) < PAGE:
            return
        place = rows[-1][:3]


def _pieces(stored: StoredFile) -> Iterator[bytes]:
    try:
        while piece := stored.read(READ_BYTES):
            yield piece
    except NotStored:
        return
