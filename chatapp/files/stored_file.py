"""Stored bytes as a file that can be read, for the response of a WSGI application."""

import io
import os

from chatapp.eventloop.thread_pool import run_in_thread
from chatapp.eventloop.transfer_turns import take_turn
from chatapp.files.storage import Storage

READ_BYTES = 262_144
"""What is held in memory of a file that is sent."""


class StoredFile(io.RawIOBase):
    """Reads beside the event loop, READ_BYTES ahead, and gives out each piece in a turn. `size` is in bytes."""

    def __init__(self, storage: Storage, key: str, size: int) -> None:
        super().__init__()
        self._storage = storage
        self._key = key
        self._size = size
        self._at = 0
        self._ahead = memoryview(b"")
        """What was read from the place where the next piece begins."""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        bases = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}
        self._at = bases[whence] + offset
        self._ahead = memoryview(b"")
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = max(self._size - self._at, 0)
        count = left if size < 0 else min(size, left)
        if not count:
            return b""
        if not self._ahead:
            self._ahead = memoryview(run_in_thread(self._storage.read, self._key, self._at, max(count, READ_BYTES)))
        take_turn()
        data = bytes(self._ahead[:count])
        self._ahead = self._ahead[count:]
        self._at += len(data)
        return data
