"""Inspects one file: removes what it says of its place and its camera, and makes previews of it.

Runs as a program of its own, `python worker.py`, since a decoder is what a prepared file attacks. Its descriptors are
the file (0), the report (1), the file without metadata (3) and the previews (4 to 6), the smallest first. The report is
a line of JSON for everything that is found out, so that what was done counts even if a decoder ends the process. Its
argument is the content type by the file's first bytes.
"""

import json
import mmap
import os
import shutil
import sys
import warnings
from contextlib import suppress
from typing import IO, Any

from chatapp.decoder_limits import limit_self
from chatapp.media import drawing
from chatapp.media.metadata import gif, heif, jpeg, matroska, mp4, png, webp
from chatapp.media.metadata.boxes import Overwritten, merged
from chatapp.media.metadata.pieces import Malformed, Pieces

CPU_SECONDS = 15
MEMORY_BYTES = 1280 << 20
"""Address space."""
LARGEST_PICTURE_BYTES = 256 << 20
"""Larger ones are not looked into."""
SPARE_BYTES = 32 << 20
"""What a file of the results may have more than the source."""
PIECE_BYTES = 1 << 20

SOURCE, REPORT, CLEANED, *PREVIEWS = (0, 1, 3, 4, 5, 6)
STRIPPED = {"image/jpeg": jpeg.strip, "image/png": png.strip, "image/webp": webp.strip, "image/gif": gif.strip}
OVERWRITTEN = ("image/heic", "image/avif")
FILMS = ("video/mp4", "video/quicktime", "audio/mp4")
LOOKED_INTO = {*STRIPPED, *OVERWRITTEN, *FILMS, "video/webm", "application/pdf"}
"""The content types that there is something to find out of. Others are what their first bytes say."""


def report(**found: Any) -> None:
    """Adds a line to the report."""
    os.write(REPORT, json.dumps(found).encode() + b"\n")


class FileBytes:
    """The bytes of an open file, read where they are asked for: a film may be larger than the address space."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._size = os.fstat(descriptor).st_size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, found: slice) -> bytes:
        start, stop, _ = found.indices(self._size)
        return os.pread(self._descriptor, max(0, stop - start), start)


def inspect(content_type: str) -> None:
    """Inspects the file. Raises almost anything for what is not what its first bytes say."""
    with open(SOURCE, "rb", closefd=False) as source:
        _inspect(source, content_type)


def _inspect(source: IO[bytes], content_type: str) -> None:
    if content_type == "video/webm":
        _report_size(matroska.size_of(source.read(matroska.HEAD_BYTES)), content_type)
    elif content_type in FILMS:
        film = mp4.read(FileBytes(SOURCE))
        _overwrite(film.changes)
        _report_size(film.size, "video/mp4" if film.size is None else content_type)
    elif content_type == "application/pdf":
        _draw_page(source)
    elif os.fstat(SOURCE).st_size <= LARGEST_PICTURE_BYTES:
        is_cleaned = _without_metadata(content_type)
        with open(CLEANED, "rb", closefd=False) if is_cleaned else source as file:
            file.seek(0)
            _draw(*drawing.open_picture(file, content_type))


def _report_size(size: tuple[int, int] | None, content_type: str) -> None:
    """Reports a film; without a size it is sound alone."""
    if size is None:
        report(content_type="audio/" + content_type.partition("/")[2], readable=True)
    else:
        report(width=size[0], height=size[1], readable=True)


def _without_metadata(content_type: str) -> bool:
    """Writes the picture without metadata, if it has some. Returns whether it had."""
    if content_type in OVERWRITTEN:
        changes: list[Overwritten] = []
        with suppress(Malformed):
            changes = heif.read(FileBytes(SOURCE))
        return _overwrite(changes)
    with mmap.mmap(SOURCE, 0, access=mmap.ACCESS_READ) as data:
        pieces: Pieces = STRIPPED[content_type](data)
        if pieces.are_all:
            return False
        with open(CLEANED, "wb", closefd=False) as file:
            file.writelines(pieces.read(PIECE_BYTES))
    report(cleaned=True)
    return True


def _overwrite(changes: list[Overwritten]) -> bool:
    """Writes a copy with these changes, if any of them changes something. Returns whether it does."""
    data = FileBytes(SOURCE)
    needed = [one for one in merged(changes, len(data)) if not _stands(data, one)]
    if not needed:
        return False
    with open(SOURCE, "rb", closefd=False) as source, open(CLEANED, "r+b", closefd=False) as file:
        source.seek(0)
        shutil.copyfileobj(source, file, PIECE_BYTES)
        for one in needed:
            file.seek(one.start)
            file.write(one.text)
            for at in range(0 if one.text else one.start, 0 if one.text else one.end, PIECE_BYTES):
                file.write(bytes(min(PIECE_BYTES, one.end - at)))
    report(cleaned=True)
    return True


def _stands(data: FileBytes, change: Overwritten) -> bool:
    """Whether the file has these bytes there already."""
    if change.text:
        return data[change.start : change.start + len(change.text)] == change.text
    pieces = range(change.start, change.end, PIECE_BYTES)
    return not any(any(data[at : min(at + PIECE_BYTES, change.end)]) for at in pieces)


def _draw(picture: Any, size: tuple[int, int]) -> None:
    """Writes the previews and reports what is to be known of the picture before it is there."""
    drawn = list(drawing.previews_of(picture))[::-1]
    for number, (preview, data) in enumerate(drawn):
        with open(PREVIEWS[number], "wb", closefd=False) as file:
            file.write(data)
        report(preview=preview.size)
    report(width=size[0], height=size[1], placeholder=drawing.placeholder_of(drawn[0][0]), readable=True)


def _draw_page(source: IO[bytes]) -> None:
    """The first page. A document that asks for a password is one, without a preview."""
    try:
        page = drawing.open_page(source)
    except drawing.NeedsPassword:
        report(readable=True)
    else:
        _draw(*page)


def main() -> int:
    """Returns the exit status."""
    limit_self(CPU_SECONDS, MEMORY_BYTES, os.fstat(SOURCE).st_size + SPARE_BYTES)
    warnings.simplefilter("ignore")
    with suppress(Exception):
        # The decoders raise OSError, ValueError, SyntaxError, struct.error and more, and MemoryError at the limit.
        inspect(sys.argv[1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
