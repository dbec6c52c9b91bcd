"""Files in a bucket of a storage that speaks S3's protocol.

The client is `obstore`, whose sockets and threads are not Python's: a call in a native thread blocks that thread alone,
also where the standard library is cooperative (docs/decisions/0050-media.md).
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from chatapp.files.bucket import Bucket
from chatapp.files.presigned_links import presigned
from chatapp.files.storage import KEY, NotStored, StorageUnavailable, checked

if TYPE_CHECKING:
    from obstore.store import S3Store

MISSING = "Storing files by S3 needs the package obstore: pip install 'chatapp[s3]'."

PART_BYTES = 8 << 20
"""Of an upload in parts. S3 takes 10,000 of them, so a file may have 80 GB."""
PARTS_AT_ONCE = 3
"""So that an upload takes 24 MB of memory, whatever its length."""
CONNECT_SECONDS = 5
REQUEST_SECONDS = 60
"""For one part, or one piece that is read."""
MOST_RETRIES = 3
RETRY_SECONDS = 30


class S3Missing(Exception):
    """The package that speaks S3 is not installed."""


class S3Storage:
    """The storage that `Storage` describes, in a bucket that exists. Raises S3Missing without the package."""

    def __init__(self, bucket: Bucket) -> None:
        try:
            import obstore  # noqa: F401
        except ImportError as error:
            raise S3Missing(MISSING) from error
        self._bucket = bucket

    @cached_property
    def _store(self) -> "S3Store":
        """Made by the first call, in the process that makes it: its threads do not survive a fork."""
        return open_bucket(self._bucket)

    def put(self, key: str, source: Path) -> None:
        """Uploads the file, in parts if it is large. It is durable, as far as S3 promises, and `source` stays."""
        import obstore

        with _errors_named(key, missing=StorageUnavailable):
            obstore.put(
                self._store,
                self._bucket.path_of(checked(key)),
                source,
                chunk_size=PART_BYTES,
                max_concurrency=PARTS_AT_ONCE,
            )

    def read(self, key: str, first: int, count: int) -> bytes:
        """At most `count` bytes from offset `first` on. Raises NotStored."""
        import obstore

        with _errors_named(key):
            try:
                found = obstore.get_range(
                    self._store, self._bucket.path_of(checked(key)), start=first, end=first + count
                )
            except obstore.exceptions.BaseError:
                # The storage refuses a range that begins at the end or after it.
                if first < self.size(key):
                    raise
                return b""
            return bytes(found)

    def size(self, key: str) -> int:
        """In bytes. Raises NotStored."""
        import obstore

        with _errors_named(key):
            return int(obstore.head(self._store, self._bucket.path_of(checked(key)))["size"])

    def delete(self, key: str) -> None:
        """Removes the object, if it is there."""
        import obstore

        with suppress(NotStored), _errors_named(key):
            obstore.delete(self._store, self._bucket.path_of(checked(key)))

    def keys(self) -> Iterator[str]:
        """The keys of all objects below the prefix, a page of a thousand at a time."""
        import obstore

        prefix = self._bucket.path_of("")
        with _errors_named(prefix, missing=StorageUnavailable):
            for page in obstore.list(self._store, prefix or None, chunk_size=1000):
                for item in page:
                    key = item["path"].removeprefix(prefix)
                    if KEY.fullmatch(key):
                        yield key

    def delete_incomplete(self, time: float) -> None:
        """Nothing: a rule of the bucket deletes the parts of an upload that was not completed."""

    def path(self, key: str) -> None:
        """None: the files are elsewhere."""
        checked(key)

    def link(self, key: str, seconds: int, *, content_type: str, disposition: str) -> str:
        """An address that answers with the bytes and these two headers, for that many seconds, to whoever has it."""
        headers = {"response-content-type": content_type, "response-content-disposition": disposition}
        return presigned(self._bucket, checked(key), seconds, headers)


def open_bucket(bucket: Bucket) -> "S3Store":
    """The client of a bucket. Raises S3Missing without the package."""
    try:
        from obstore.store import S3Store
    except ImportError as error:
        raise S3Missing(MISSING) from error
    return S3Store(
        bucket.name,
        endpoint=bucket.endpoint,
        region=bucket.region,
        access_key_id=bucket.access_key,
        secret_access_key=bucket.secret_key,
        client_options={
            "allow_http": bucket.endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
            "timeout": timedelta(seconds=REQUEST_SECONDS),
        },
        retry_config={"max_retries": MOST_RETRIES, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
    )


@contextmanager
def _errors_named(key: str, missing: type[Exception] = NotStored) -> Iterator[None]:
    """Says the client's errors as the storage's. `missing` is what it means that something is not found."""
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError:
        raise missing(key) from None
    except BaseError as error:
        raise StorageUnavailable(key) from error
