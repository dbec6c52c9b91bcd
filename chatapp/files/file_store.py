"""Everything that handles the bytes of files, for one application."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chatapp.config import Settings
from chatapp.files.configured import FOLDER, scanner_of, storage_of
from chatapp.files.partial_files import PartialFiles
from chatapp.files.scanner import Scanner
from chatapp.files.storage import Storage
from chatapp.models.user import GUEST

PARTIAL_FOLDER = "partial"
"""In the folder of stored files, so that a complete one is only renamed."""


@dataclass(frozen=True, slots=True)
class FileStore:
    """`largest_bytes` limits a file, `user_bytes` those of a person, `guest_bytes` those of a guest (0: as of others),
    `all_bytes` all together; 0: no limit. `types` are those that are allowed, such as `image/*`; empty: all."""

    storage: Storage
    partial: PartialFiles
    scanner: Scanner | None
    largest_bytes: int
    user_bytes: int
    guest_bytes: int
    all_bytes: int
    types: tuple[str, ...]
    accel_redirect: str

    def quota_of(self, role: str) -> int:
        """What all files of a person with this role may take, in bytes; 0: no limit."""
        return self.guest_bytes if role == GUEST and self.guest_bytes else self.user_bytes

    def allows(self, content_type: str) -> bool:
        """Whether files of this type may be sent."""
        family = content_type.partition("/")[0] + "/*"
        return not self.types or content_type in self.types or family in self.types


@cache
def make_file_store(settings: Settings) -> FileStore:
    """The same for the same settings. Raises S3Missing, and OSError if the file of the secret cannot be read."""
    instance = Path(settings.instance)
    return FileStore(
        storage_of(settings, instance),
        PartialFiles(instance / FOLDER / PARTIAL_FOLDER),
        scanner_of(settings),
        settings.file_bytes,
        settings.user_file_bytes,
        settings.guest_file_bytes,
        settings.all_file_bytes,
        settings.file_types,
        settings.accel_redirect,
    )
