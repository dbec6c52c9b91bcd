"""The body of a request that the application reads as it arrives."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


def _nothing_more() -> None:
    raise ConnectionAbortedError("The rest of the body cannot be read.")


class StreamedBody(io.RawIOBase):
    """Holds what has arrived and was not read. `receive` waits for more and feeds it; it raises OSError when nothing
    more comes."""

    def __init__(self, receive: Callable[[], None]) -> None:
        super().__init__()
        self._receive = receive
        self._buffer = bytearray()
        self.is_complete = False
        """Whether the last byte has arrived."""

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def break_off(self) -> None:
        """What arrives from now on cannot be read."""
        self._receive = _nothing_more

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Returns at most `size` bytes as soon as there are any, and nothing at the end."""
        if size < 0:
            return self.readall()
        while not self._buffer and not self.is_complete:
            try:
                self._receive()
            except OSError:
                # What came before the end is read first.
                if not self._buffer:
                    raise
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Reads as `read` does, into a buffer, as the stream that limits a body's length does."""
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)
