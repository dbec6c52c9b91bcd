"""Where archives go: a folder, or a bucket of a storage that speaks S3's protocol."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from chatapp.backup.errors import BackupFailed
from chatapp.backup.places import BUCKET_SCHEME, bucket_and_prefix
from chatapp.backup.settings import BackupSettings
from chatapp.clock import now
from chatapp.files.configured import bucket_of
from chatapp.files.s3_storage import PART_BYTES, PARTS_AT_ONCE, S3Missing, open_bucket
from chatapp.files.settings import missing_for_bucket

if TYPE_CHECKING:
    from obstore.store import S3Store

_ARCHIVE = re.compile(r"chatapp-([0-9a-f]+)-\d{8}T\d{6}\.\d{3}Z\.tar")


class Destination(Protocol):
    """A place for archives. Each call blocks, and may raise BackupFailed."""

    def staging(self, default: Path) -> Path:
        """The folder in which an archive is made that is to go there; `default` if there is no better one."""
        ...

    def put(self, archive: Path, name: str) -> str:
        """Gives the archive its name, under which nothing may be yet. It is there as a whole or not at all. Returns its
        address."""
        ...

    def names(self) -> Iterator[str]:
        """The names of everything that is there."""
        ...

    def delete(self, name: str) -> None: ...


class Folder:
    """A folder, which is made if it does not exist."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def staging(self, default: Path) -> Path:
        with _errors_named(str(self._path)):
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._path

    def put(self, archive: Path, name: str) -> str:
        target = self._path / name
        with _errors_named(str(target)):
            if target.exists():
                raise FileExistsError
            archive.rename(target)
            descriptor = os.open(self._path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        return str(target)

    def names(self) -> Iterator[str]:
        yield from sorted(os.listdir(self._path))

    def delete(self, name: str) -> None:
        (self._path / name).unlink(missing_ok=True)


class BucketFolder:
    """A bucket, and what the names in it begin with."""

    def __init__(self, settings: BackupSettings, address: str) -> None:
        missing = missing_for_bucket(settings, address)
        if missing is not None:
            raise BackupFailed(missing)
        name, self._prefix = bucket_and_prefix(address)
        self._address = address.rstrip("/")
        with _errors_named(self._address):
            self._store: S3Store = open_bucket(bucket_of(settings, name, self._prefix))

    def staging(self, default: Path) -> Path:
        return default

    def put(self, archive: Path, name: str) -> str:
        import obstore

        with _errors_named(self._address):
            obstore.put(self._store, self._key(name), archive, chunk_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE)
        return f"{self._address}/{name}"

    def names(self) -> Iterator[str]:
        import obstore

        with _errors_named(self._address):
            for page in obstore.list(self._store, self._key("") or None, chunk_size=1000):
                yield from (item["path"].rpartition("/")[2] for item in page)

    def delete(self, name: str) -> None:
        import obstore

        with _errors_named(self._address):
            obstore.delete(self._store, self._key(name))

    def fetch(self, name: str, target: Path) -> None:
        """Writes an archive into a new file."""
        import obstore

        with _errors_named(f"{self._address}/{name}"), target.open("xb") as file:
            for piece in obstore.get(self._store, self._key(name)).stream(min_chunk_size=PART_BYTES):
                file.write(bytes(piece))

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name


def destination_of(settings: BackupSettings, address: str) -> Destination:
    """A folder, or a bucket by `s3://bucket/prefix`. Raises BackupFailed if it cannot be used."""
    if not address.startswith(BUCKET_SCHEME):
        return Folder(Path(address).absolute())
    try:
        return BucketFolder(settings, address)
    except ValueError:
        raise BackupFailed(f"{address} is no bucket: it takes s3://bucket or s3://bucket/prefix.") from None


def fetched(settings: BackupSettings, address: str, folder: Path) -> Path:
    """The archive as a file of this machine: an archive of a bucket is downloaded into the folder."""
    if not address.startswith(BUCKET_SCHEME):
        return Path(address)
    place, _, name = address.rpartition("/")
    found = destination_of(settings, place)
    assert isinstance(found, BucketFolder)  # noqa: S101 by the address
    found.fetch(name, folder / "archive.tar")
    return folder / "archive.tar"


def new_name(installation: str) -> str:
    """The name of an archive that is made now. Several installations may have one destination."""
    at = now()
    return f"chatapp-{installation}-{at:%Y%m%dT%H%M%S}.{at.microsecond // 1000:03d}Z.tar"


def keep_newest(destination: Destination, installation: str, count: int) -> list[str]:
    """Deletes all archives of the installation but the newest ones. Returns the names of those that it has deleted."""
    found = sorted(
        name for name in destination.names() if (match := _ARCHIVE.fullmatch(name)) and match[1] == installation
    )
    for name in found[:-count]:
        destination.delete(name)
    return found[:-count]


@contextmanager
def _errors_named(place: str) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise BackupFailed(f"{place} exists already. A backup overwrites nothing.") from None
    except S3Missing as error:
        raise BackupFailed(str(error)) from None
    except OSError as error:
        raise BackupFailed(f"{place} cannot be used: {error.strerror or 'there is no such thing'}.") from None
    except Exception as error:
        if not _is_of_storage(error):
            raise
        raise BackupFailed(f"{place} cannot be used: the storage refuses or does not answer.") from error


def _is_of_storage(error: Exception) -> bool:
    try:
        from obstore.exceptions import BaseError
    except ImportError:
        return False
    return isinstance(error, BaseError)
