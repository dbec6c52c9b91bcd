"""Writes a ZIP piece by piece, so that it takes the memory of one piece, however large it becomes."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from chatapp.eventloop.thread_pool import run_in_thread


@dataclass(frozen=True, slots=True)
class File:
    """A file of the archive: its name, and its content in pieces. Pictures and films are compressed already."""

    name: str
    pieces: Iterable[bytes]
    is_compressed: bool = True


class _Pipe(io.RawIOBase):
    """Keeps what was written until it is taken. It cannot seek, so the ZIP has its sizes after each file."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._waiting += piece
        return len(piece)

    def take(self) -> bytes:
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken


def zip_of(files: Iterable[File], at: datetime) -> Iterator[bytes]:
    """The archive of these files in pieces. Compresses beside the event loop."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            about = zipfile.ZipInfo(file.name, at.timetuple()[:6])
            about.compress_type = zipfile.ZIP_DEFLATED if file.is_compressed else zipfile.ZIP_STORED
            with archive.open(about, "w", force_zip64=True) as member:
                for piece in file.pieces:
                    run_in_thread(member.write, piece)
                    if compressed := pipe.take():
                        yield compressed
            yield pipe.take()
    yield pipe.take()
