"""Writes an archive: a plain tar, whose members any tar program unpacks."""

import hashlib
import io
import os
import tarfile
from pathlib import Path
from typing import BinaryIO

from chatapp.backup.errors import BackupFailed
from chatapp.backup.manifest import SUMS, sum_line
from chatapp.backup.progress import Advance
from chatapp.clock import now
from chatapp.files.storage import Storage

READ_BYTES = 1 << 20


class ArchiveWriter:
    """An archive that is being written. It is complete after `finish`. Takes little memory, whatever its length."""

    def __init__(self, path: Path) -> None:
        self._raw = open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")  # noqa: SIM115 see close
        self._tar = tarfile.open(fileobj=self._raw, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._sums = path.with_name(path.name + ".sums")
        self._lines = self._sums.open("w")
        self._changed_at = int(now().timestamp())

    def add_bytes(self, name: str, data: bytes) -> None:
        self._add(name, io.BytesIO(data), len(data))

    def add_file(self, name: str, path: Path, advance: Advance) -> None:
        with path.open("rb") as file:
            self._add(name, _Counted(file, advance), os.fstat(file.fileno()).st_size)

    def add_stored(self, name: str, storage: Storage, key: str, advance: Advance) -> str:
        """Adds what is stored under a key. Returns its SHA-256. Raises NotStored before anything is written."""
        size = storage.size(key)
        return self._add(name, _Counted(_Stored(storage, key), advance), size)

    def finish(self) -> int:
        """Writes the sums, and waits until everything is on the disk. Returns the size of the archive, in bytes."""
        self._lines.close()
        with self._sums.open("rb") as file:
            self._write(SUMS, file, os.fstat(file.fileno()).st_size)
        self._tar.close()
        self._raw.flush()
        os.fsync(self._raw.fileno())
        return os.fstat(self._raw.fileno()).st_size

    def __enter__(self) -> "ArchiveWriter":
        return self

    def __exit__(self, *_error: object) -> None:
        self._lines.close()
        self._raw.close()
        self._sums.unlink(missing_ok=True)

    def _add(self, name: str, source: "BinaryIO | _Counted", size: int) -> str:
        hashed = _Hashed(source)
        self._write(name, hashed, size)
        digest = hashed.digest.hexdigest()
        self._lines.write(sum_line(digest, name))
        return digest

    def _write(self, name: str, source: "BinaryIO | _Hashed", size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, self._changed_at
        try:
            self._tar.addfile(member, source)  # type: ignore[arg-type]
        except OSError as error:
            if str(error) != "unexpected end of data":
                raise
            raise BackupFailed(f"{name} became shorter while it was read.") from None
        # tarfile keeps every member in memory.
        self._tar.members = []  # type: ignore[attr-defined]


class _Stored:
    def __init__(self, storage: Storage, key: str) -> None:
        self._storage, self._key, self._at = storage, key, 0
        self._ahead = b""

    def read(self, count: int) -> bytes:
        if not self._ahead:
            self._ahead = self._storage.read(self._key, self._at, max(count, READ_BYTES))
            self._at += len(self._ahead)
        piece, self._ahead = self._ahead[:count], self._ahead[count:]
        return piece + self.read(count - len(piece)) if piece and len(piece) < count else piece


class _Counted:
    def __init__(self, source: "BinaryIO | _Stored", advance: Advance) -> None:
        self._source, self._advance = source, advance

    def read(self, count: int) -> bytes:
        data = self._source.read(count)
        self._advance(len(data))
        return data


class _Hashed:
    def __init__(self, source: "BinaryIO | _Counted") -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, count: int) -> bytes:
        data = self._source.read(count)
        self.digest.update(data)
        return data
