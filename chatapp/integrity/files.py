"""Uploaded files that are missing, of another length, or unknown."""

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Connection, bindparam, text

from chatapp.backup.database_state import FILES
from chatapp.files import keys
from chatapp.files.file_store import FileStore
from chatapp.files.storage import NotStored, Storage
from chatapp.integrity.finding import Finding

ROWS_AT_ONCE = 500

KNOWN = text("SELECT hash FROM blob WHERE hash IN :hashes").bindparams(bindparam("hashes", expanding=True))
IN_USE = text(f"SELECT COUNT(*) FROM ({FILES}) used WHERE used.hash = :hash")  # noqa: S608 a constant

MISSING = "Copy it from a backup (tar -xf) to its place in the storage; without one it is lost."
UNKNOWN = "`chatapp files sweep` deletes it."


def file_findings(connection: Connection, present: Connection, store: FileStore) -> Iterator[Finding]:
    """Compares what the first connection sees with what is stored. `present` sees what was committed since: a file that
    came or went meanwhile is none that is missing or unknown."""
    yield from _missing(connection, present, store.storage)
    found = iter(store.storage.keys())
    while part := list(islice(found, ROWS_AT_ONCE)):
        hashes = {keys.hash_in(key) for key in part}
        known = set(present.scalars(KNOWN, {"hashes": sorted(hashes)}))
        for key in part:
            if keys.hash_in(key) not in known and _size(store.storage, key) is not None:
                yield Finding("file", f"{key} is stored, and nothing has it.", UNKNOWN)


def _missing(connection: Connection, present: Connection, storage: Storage) -> Iterator[Finding]:
    rows = connection.execute(text(FILES).execution_options(yield_per=ROWS_AT_ONCE))
    for blob_hash, size, previews in rows:
        key, *others = keys.all_of(blob_hash, len(previews.split()))
        found = _size(storage, key)
        wrong = [f"{key} is missing."] if found is None else []
        if found is not None and found != size:
            wrong = [f"{key} has {found:,} bytes and should have {size:,}."]
        wrong += [f"{other} is missing." for other in others if _size(storage, other) is None]
        if wrong and present.execute(IN_USE, {"hash": blob_hash}).scalar_one():
            yield from (Finding("file", what, MISSING) for what in wrong)


def _size(storage: Storage, key: str) -> int | None:
    try:
        return storage.size(key)
    except NotStored:
        return None
