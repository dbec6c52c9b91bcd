"""A file without some of its parts: which ranges of it stay, and what is put between them."""

import struct
from collections.abc import Iterator
from typing import Protocol

ORIENTATION_TAG = 0x0112
SHORT = 3
"""EXIF's type of a number of 16 bits."""


COMPARED_BYTES = 1 << 20


class Bytes(Protocol):
    """The bytes of a file, such as a memory map."""

    def __getitem__(self, found: slice, /) -> bytes: ...

    def __len__(self) -> int: ...


class Malformed(Exception):
    """The file does not keep to its format from some place on."""


class Pieces:
    """What a file becomes. `keep` and `add` are called in the order of the result."""

    def __init__(self, data: Bytes) -> None:
        self._data = data
        self._parts: list[tuple[int, int] | bytes] = []

    def keep(self, start: int, end: int) -> None:
        """Takes over the bytes of the file from `start` to `end`, exclusive."""
        last = self._parts[-1] if self._parts else None
        if isinstance(last, tuple) and last[1] == start:
            self._parts[-1] = (last[0], end)
        elif start < end:
            self._parts.append((start, end))

    def add(self, data: bytes) -> None:
        """Puts in bytes that the file does not have there."""
        self._parts.append(data)

    @property
    def are_all(self) -> bool:
        """Whether the result is the file as it is."""
        if sum(len(part) if isinstance(part, bytes) else part[1] - part[0] for part in self._parts) != len(self._data):
            return False
        at = 0
        for piece in self.read(COMPARED_BYTES):
            if piece != self._data[at : at + len(piece)]:
                return False
            at += len(piece)
        return True

    def read(self, piece_bytes: int) -> Iterator[bytes]:
        """The result, in pieces of at most so many bytes."""
        for part in self._parts:
            if isinstance(part, bytes):
                yield part
            else:
                for at in range(part[0], part[1], piece_bytes):
                    yield self._data[at : min(at + piece_bytes, part[1])]


def orientation_in(exif: bytes) -> int:
    """How the camera was held, 1 to 8, as said by a block of EXIF (a TIFF header and its first directory). 1 (upright)
    where nothing valid is said."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return 1
    try:
        (directory,) = struct.unpack_from(order + "I", exif, 4)
        (count,) = struct.unpack_from(order + "H", exif, directory)
        for at in range(directory + 2, directory + 2 + 12 * count, 12):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", exif, at)
            if tag == ORIENTATION_TAG and kind == SHORT:
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def exif_of(orientation: int) -> bytes:
    """A block of EXIF that says the orientation and nothing else."""
    return struct.pack(">4sIHHHIHHI", b"MM\0*", 8, 1, ORIENTATION_TAG, SHORT, 1, orientation, 0, 0)
