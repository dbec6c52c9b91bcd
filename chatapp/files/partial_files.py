"""The files of uploads that are not complete. How much of one has arrived is its size: there is no second record."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from chatapp.durable_files import make_folder
from chatapp.file_errors import StorageFull, UploadLocked, UploadMissing

WORKSPACE = ".work"
"""How the name of a workspace ends."""


class PartialFile:
    """A partial file that is being written. Its lock holds between processes, and ends with a process."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = file.seek(0, os.SEEK_END)

    def write(self, piece: bytes) -> None:
        """Appends the bytes. Those that did not fit on the disk are not counted.

        Raises UploadMissing if the file was deleted: what is written to it would take room that nobody counts.
        """
        if not os.fstat(self._file.fileno()).st_nlink:
            raise UploadMissing("The upload was cancelled.")
        try:
            written = 0
            while written < len(piece):
                written += os.write(self._file.fileno(), memoryview(piece)[written:])
        except OSError:
            self.cut(self.size)
            raise
        self.size += len(piece)

    def cut(self, size: int) -> None:
        """Takes the bytes back that are beyond this size."""
        os.ftruncate(self._file.fileno(), size)
        self.size = size

    def sync(self) -> None:
        """Returns when the bytes are on the disk."""
        os.fsync(self._file.fileno())

    def __enter__(self) -> "PartialFile":
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()


class PartialFiles:
    """A folder with a file for each upload. All calls block for the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, upload_id: str) -> Path:
        return self.folder / upload_id

    def create(self, upload_id: str) -> None:
        """Raises StorageFull if the disk has no room, or can only be read."""
        try:
            make_folder(self.folder)
            os.close(os.open(self.path(upload_id), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise StorageFull("The file cannot be stored now.") from error

    def size(self, upload_id: str) -> int | None:
        """How many bytes have arrived; None if there is no such file."""
        try:
            return self.path(upload_id).stat().st_size
        except FileNotFoundError:
            return None

    def open(self, upload_id: str) -> PartialFile:
        """Raises FileNotFoundError, and UploadLocked while somebody else writes."""
        file = self.path(upload_id).open("r+b", buffering=0)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise UploadLocked("Another request is writing to this upload.") from None
        return PartialFile(file)

    def delete(self, upload_id: str) -> None:
        with suppress(FileNotFoundError):
            self.path(upload_id).unlink()

    def unchanged_since(self, time: float) -> list[str]:
        """The uploads whose files nobody has written since this time, in seconds since 1970."""
        return [path.name for path in self._listed() if _is_older(path, time) and path.suffix != WORKSPACE]

    def delete_workspaces(self, time: float) -> None:
        """Removes the workspaces older than this time, in seconds since 1970: their processes were killed."""
        for path in self._listed():
            if path.suffix == WORKSPACE and _is_older(path, time):
                _remove(path)

    @contextmanager
    def workspace(self, upload_id: str) -> Iterator[Path]:
        """A folder for what is made of an upload. It is removed at the end, with everything in it."""
        folder = self.folder / f"{upload_id}{WORKSPACE}"
        folder.mkdir(mode=0o700, exist_ok=True)
        try:
            yield folder
        finally:
            _remove(folder)

    def _listed(self) -> list[Path]:
        with suppress(FileNotFoundError):
            return sorted(self.folder.iterdir())
        return []


def _is_older(path: Path, time: float) -> bool:
    try:
        return path.stat().st_mtime < time
    except FileNotFoundError:
        return False


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink(missing_ok=True)
    folder.rmdir()
