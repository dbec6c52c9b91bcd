"""What an archive says of itself, and whether this version can restore it."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from chatapp.backup.errors import BackupFailed
from chatapp.migrations import newest_revision, revisions
from chatapp.version import VERSION

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
"""The last member: the SHA-256 of every other one, in their order, as `sha256sum -c` reads it."""
INSTANCE = "instance/"
UPLOADS = "uploads/"
SQLITE_MEMBER = "chatapp.db.gz"
POSTGRESQL_MEMBER = "chatapp.dump"
"""In pg_dump's custom format, which is compressed already."""
MEMBERS = {"sqlite": SQLITE_MEMBER, "postgresql": POSTGRESQL_MEMBER}
"""The name of the database's member, by the kind of the database."""

FORMAT = 1
KIND = "chatapp backup"


@dataclass(frozen=True, slots=True)
class Manifest:
    """`revision` is that of the database's migrations, `rows` the number of rows by table. `files` and `file_bytes`
    count the uploaded files that the database names, without previews; `has_files` says whether they are in the
    archive. `installation` tells installations apart, by their secret key. `created_at` is ISO 8601."""

    version: str
    revision: str
    created_at: str
    installation: str
    database: str
    rows: dict[str, int]
    files: int
    file_bytes: int
    has_files: bool

    @property
    def member(self) -> str:
        """The name of the database in the archive."""
        return MEMBERS[self.database]

    def to_json(self) -> bytes:
        return json.dumps({"kind": KIND, "format": FORMAT, **asdict(self)}, indent=1).encode() + b"\n"


def new_manifest(**values: Any) -> Manifest:
    """The manifest of an archive that this version makes."""
    return Manifest(version=VERSION, **values)


def read_manifest(data: bytes, archive: str) -> Manifest:
    """Raises BackupFailed if this is the manifest of nothing that this version can restore."""
    try:
        values = json.loads(data)
        kind, number = values.pop("kind"), values.pop("format")
    except (ValueError, KeyError, AttributeError):
        raise foreign(archive) from None
    if kind != KIND:
        raise foreign(archive)
    if number != FORMAT or values.get("revision") not in revisions():
        raise BackupFailed(
            f"{archive} was made by chatapp {values.get('version')} (database revision {values.get('revision')}). "
            f"This version is older: {VERSION} (revision {newest_revision()}). Install that one first."
        )
    try:
        found = Manifest(**values)
    except TypeError:
        raise foreign(archive) from None
    if found.database not in MEMBERS:
        raise foreign(archive)
    return found


def foreign(archive: str) -> BackupFailed:
    """The error for a file that is something else."""
    return BackupFailed(f"{archive} is no backup of chatapp.")


def sum_line(digest: str, name: str) -> str:
    """The line of a member in SUMS. `digest` is in hexadecimal."""
    return f"{digest}  {name}\n"
