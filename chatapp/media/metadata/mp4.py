"""MP4 and QuickTime: what a film says of its place and its camera, its size, and whether it is sound alone."""

from dataclasses import dataclass

from chatapp.media.metadata.boxes import Box, Overwritten, boxes, child, children, freed
from chatapp.media.metadata.pieces import Bytes, Malformed

PLAYED = {b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"ssix", b"emsg", b"pdin", b"prft"}
EMPTY = {b"free", b"skip", b"wide"}
TELLING = {b"udta", b"meta", b"uuid"}
"""User data, which has places as `©xyz`; keys such as `com.apple.quicktime.location.ISO6709`; XMP and makers' boxes."""
MEASUREMENTS = b"meta"
"""Handler of a track that says something at each time of the film: places, among others."""
MOST_SAMPLES = 1_000_000
TRANSFORMATION_BYTES = 44
"""The last bytes of a track's head: nine numbers of its matrix, width and height."""


@dataclass(frozen=True, slots=True)
class Film:
    """`size` is width and height in pixels, turned as it is shown; None of sound alone."""

    size: tuple[int, int] | None
    changes: list[Overwritten]


def read(data: Bytes) -> Film:
    """What the film is, and what is overwritten in it. Raises Malformed for what is no film."""
    outer = list(boxes(data, 0, len(data)))
    film = next((box for box in outer if box.kind == b"moov"), None)
    if film is None:
        raise Malformed
    inner = of_movie(data, film)
    changes = [change for box in outer if box.kind not in PLAYED | EMPTY for change in freed(box)]
    return Film(inner.size, changes + inner.changes)


def of_movie(data: Bytes, movie: Box) -> Film:
    """The same of the box that describes a film, `moov`, alone."""
    changes: list[Overwritten] = []
    size: tuple[int, int] | None = None
    for box in children(data, movie):
        if box.kind in TELLING:
            changes += freed(box)
        elif box.kind == b"trak":
            changes += _of_track(data, box)
            size = size or _size(data, box)
    return Film(size, changes)


def _of_track(data: Bytes, track: Box) -> list[Overwritten]:
    if _handler(data, track) == MEASUREMENTS:
        return [*_samples(data, track), *freed(track)]
    return [change for box in children(data, track) if box.kind in TELLING for change in freed(box)]


def _handler(data: Bytes, track: Box) -> bytes:
    found = child(data, track, b"mdia", b"hdlr")
    return data[found.body + 8 : found.body + 12] if found else b""


def _size(data: Bytes, track: Box) -> tuple[int, int] | None:
    head = child(data, track, b"tkhd")
    if head is None or _handler(data, track) != b"vide" or head.end - head.body < TRANSFORMATION_BYTES:
        return None
    numbers = data[head.end - TRANSFORMATION_BYTES : head.end]
    width, height = (int.from_bytes(numbers[at : at + 4], "big") >> 16 for at in (36, 40))
    is_turned = numbers[:4] == bytes(4)
    return (height, width) if is_turned else (width, height)


def _samples(data: Bytes, track: Box) -> list[Overwritten]:
    """Where the samples of the track are: in chunks, each with some samples of their sizes one after the other."""
    table = child(data, track, b"mdia", b"minf", b"stbl")
    if table is None:
        return []
    sizes, runs, offsets = (_numbers(data, child(data, table, kind), width) for kind, width in _TABLES[:3])
    if not offsets:
        offsets = _numbers(data, child(data, table, _TABLES[3][0]), _TABLES[3][1])
    sized = child(data, table, b"stsz")
    same = int.from_bytes(data[sized.body + 4 : sized.body + 8], "big") if sized else 0
    found, sample, run = [], 0, 0
    for number, offset in enumerate(offsets, 1):
        while run + 3 < len(runs) and runs[run + 3] <= number:
            run += 3
        count = min(runs[run + 1], MOST_SAMPLES) if runs else 1
        length = same * count if same else sum(sizes[sample : sample + count])
        found.append(Overwritten(offset, offset + length))
        sample += count
    return found


_TABLES = ((b"stsz", 4), (b"stsc", 4), (b"stco", 4), (b"co64", 8))
"""Sizes of samples; runs of chunks with as many samples, three numbers each; offsets of chunks, of 4 or of 8 bytes."""


def _numbers(data: Bytes, box: Box | None, width: int) -> list[int]:
    """The table of a box, whose head is a version, of sizes also the one that all have, and the number of rows."""
    if box is None:
        return []
    start = box.body + (12 if box.kind == b"stsz" else 8)
    table = data[start : min(box.end, start + MOST_SAMPLES * width)]
    return [int.from_bytes(table[at : at + width], "big") for at in range(0, len(table) - width + 1, width)]
