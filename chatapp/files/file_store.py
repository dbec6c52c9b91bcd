"""Everything that handles the bytes of files, for one application."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from chatapp.config import Settings
from chatapp.files.local_storage import LocalStorage
from chatapp.files.partial_files import PartialFiles
from chatapp.files.storage import Storage

FOLDER = "uploads"
"""In the instance folder."""
PARTIAL_FOLDER = "partial"


class Scanner(Protocol):
    def is_clean(self, path: Path) -> bool:
        """Whether nothing was found in the file. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class FileStore:
    """`largest_bytes` limits a file, `user_bytes` those of a person, `all_bytes` all together; 0: no limit. `types` are
    those that are allowed, such as `image/*`; empty: all."""

    storage: Storage
    partial: PartialFiles
    scanner: Scanner | None
    largest_bytes: int
    user_bytes: int
    all_bytes: int
    types: tuple[str, ...]
    accel_redirect: str

    def allows(self, content_type: str) -> bool:
        """Whether files of this type may be sent."""
        family = content_type.partition("/")[0] + "/*"
        return not self.types or content_type in self.types or family in self.types


def make_file_store(settings: Settings) -> FileStore:
    folder = Path(settings.instance) / FOLDER
    return FileStore(
        LocalStorage(folder),
        PartialFiles(folder / PARTIAL_FOLDER),
        None,
        settings.file_bytes,
        settings.user_file_bytes,
        settings.all_file_bytes,
        settings.file_types,
        settings.accel_redirect,
    )
