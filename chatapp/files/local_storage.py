"""Files in a folder of this machine, or of a file system that machines share."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from chatapp.durable_files import sync
from chatapp.files.storage import KEY, NotStored, checked

PARTIAL = ".partial-"
"""How a copy that is not complete begins. It is no key."""


class LocalStorage:
    """The storage that `Storage` describes, in a folder of its own. It is made when the first file is put."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: set[Path] = set()

    def put(self, key: str, source: Path) -> None:
        """Moves the file. It is synced before it gets its name, and the folder after that."""
        place = self._place(key)
        self._make(place.parent)
        if source.stat().st_dev == place.parent.stat().st_dev:
            _put_in_place(source, place)
        else:
            with NamedTemporaryFile(prefix=PARTIAL, dir=place.parent, delete=False) as copy:
                copied = Path(copy.name)
            try:
                shutil.copyfile(source, copied)
                _put_in_place(copied, place)
            finally:
                copied.unlink(missing_ok=True)

    def read(self, key: str, first: int, count: int) -> bytes:
        """At most `count` bytes from offset `first` on. Raises NotStored."""
        try:
            with open(self._place(key), "rb") as file:
                file.seek(first)
                return file.read(count)
        except FileNotFoundError:
            raise NotStored(key) from None

    def size(self, key: str) -> int:
        """In bytes. Raises NotStored."""
        try:
            return self._place(key).stat().st_size
        except FileNotFoundError:
            raise NotStored(key) from None

    def delete(self, key: str) -> None:
        """Removes the file, if it is there."""
        with suppress(FileNotFoundError):
            self._place(key).unlink()

    def keys(self) -> Iterator[str]:
        """The keys of all files. What is put or deleted meanwhile may be among them or not."""
        for folder in _listed(self._folder):
            for name in _listed(self._folder / folder):
                if KEY.fullmatch(f"{folder}/{name}"):
                    yield f"{folder}/{name}"

    def delete_incomplete(self, time: float) -> None:
        """Removes copies that nobody has written to since this time, in seconds since 1970."""
        for folder in _listed(self._folder):
            for copy in (self._folder / folder).glob(f"{PARTIAL}*"):
                with suppress(FileNotFoundError):
                    if copy.stat().st_mtime < time:
                        copy.unlink()

    def path(self, key: str) -> Path:
        """Where the file is, or would be."""
        return self._place(key)

    def link(self, key: str, seconds: int, *, content_type: str, disposition: str) -> None:
        """None: the server itself sends local files."""
        checked(key)

    def _place(self, key: str) -> Path:
        return self._folder / checked(key)

    def _make(self, folder: Path) -> None:
        """Makes the folder of a key, and syncs the one that it is in: else power loss may take the entry. That of a
        folder which is there may have been left unsynced by a process that was killed."""
        for new in (self._folder, folder):
            if new not in self._made or not new.is_dir():
                new.mkdir(mode=0o700, parents=True, exist_ok=True)
                sync(new.parent)
                self._made.add(new)


def _put_in_place(ready: Path, place: Path) -> None:
    os.chmod(ready, 0o600)
    sync(ready)
    os.replace(ready, place)
    sync(place.parent)


def _listed(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
