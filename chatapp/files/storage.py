"""Where the bytes of uploaded files are kept: what every such place can do."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

KEY = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{62}(\.preview-[1-3])?")
"""The hash of a file, in a folder by its first two digits, or a preview of it."""


class NotStored(Exception):
    """Nothing is stored under the key."""


class StorageUnavailable(Exception):
    """The storage does not answer, or refuses. What was being put may be stored or not; a repetition is harmless."""


class Storage(Protocol):
    """Bytes under keys such as `ab/abcd...` and `ab/abcd....preview-1`. The same key always has the same bytes.

    Every call may block, and may be made in a native thread. Any may raise StorageUnavailable; a key of another form
    raises ValueError.
    """

    def put(self, key: str, source: Path) -> None:
        """Stores the file; it is durable when this returns. `source` may be moved. The same key again is harmless."""
        ...

    def read(self, key: str, first: int, count: int) -> bytes:
        """At most `count` bytes, from offset `first` on; none after the end. Raises NotStored."""
        ...

    def size(self, key: str) -> int:
        """In bytes. Raises NotStored."""
        ...

    def delete(self, key: str) -> None:
        """Removes what is stored under the key, if anything is."""
        ...

    def keys(self) -> Iterator[str]:
        """The keys of everything that is stored."""
        ...

    def delete_incomplete(self, time: float) -> None:
        """Removes what killed processes have left of files that they put, if nobody has written it since this time, in
        seconds since 1970. It has no key."""
        ...

    def path(self, key: str) -> Path | None:
        """The file itself, whether it is there or not, for those who send it; None where files are not local."""
        ...

    def link(self, key: str, seconds: int, *, content_type: str, disposition: str) -> str | None:
        """An address that answers for some seconds with the bytes and these headers; None where files are local."""
        ...


def checked(key: str) -> str:
    """The key. Raises ValueError for another form, so that no key leaves the folder that keys are in."""
    if not KEY.fullmatch(key):
        raise ValueError(f"{key!r} is not the key of a file")
    return key
