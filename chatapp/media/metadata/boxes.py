"""The boxes of ISO base media files (ISO 14496-12): MP4, QuickTime, HEIC and AVIF. And what is overwritten in them.

Offsets in such a file count from its beginning, so nothing is taken out: a box is renamed to `free`, which every reader
skips, and filled with zeros.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from chatapp.media.metadata.pieces import Bytes, Malformed

MOST_BOXES = 100_000
"""A film of hours in pieces of seconds has some thousands."""
FREE = b"free"


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box is: its head begins at `start`, its content at `body`, the next box at `end`."""

    kind: bytes
    start: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class Overwritten:
    """From `start` the bytes of `text` stand, and zeros follow until `end`, exclusive."""

    start: int
    end: int
    text: bytes = b""


def boxes(data: Bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes that follow each other between two offsets. Raises Malformed where there is none."""
    for _ in range(MOST_BOXES):
        if start >= end:
            return
        box = _box_at(data, start, end)
        yield box
        start = box.end
    raise Malformed


def _box_at(data: Bytes, start: int, end: int) -> Box:
    head = data[start : start + 16]
    size, body = int.from_bytes(head[:4], "big"), start + 8
    if size == 1:
        size, body = int.from_bytes(head[8:16], "big"), start + 16
    elif size == 0:  # to the end
        size = end - start
    if body > end or start + size < body or start + size > end:
        raise Malformed
    return Box(head[4:8], start, body, start + size)


def children(data: Bytes, box: Box) -> list[Box]:
    """The boxes in a box. Of `meta` in ISO's way and in QuickTime's, with and without a version before them."""
    body = box.body
    if box.kind == b"meta" and data[body : body + 4] == bytes(4):
        body += 4
    return list(boxes(data, body, box.end))


def child(data: Bytes, box: Box, *path: bytes) -> Box | None:
    """The first box on a path of kinds below this one; None if there is none."""
    found: Box | None = box
    for kind in path:
        if found is None:
            return None
        found = next((one for one in children(data, found) if one.kind == kind), None)
    return found


def freed(box: Box) -> list[Overwritten]:
    """What makes a box one that readers skip, with nothing in it."""
    return [Overwritten(box.start + 4, box.start + 8, FREE), Overwritten(box.body, box.end)]


def merged(changes: list[Overwritten], size: int) -> list[Overwritten]:
    """The same changes in their order, within a file of that size, and zeros only once where they overlap."""
    zeros = sorted((max(0, one.start), min(one.end, size)) for one in changes if not one.text)
    found: list[Overwritten] = []
    for start, end in zeros:
        if found and start <= found[-1].end:
            found[-1] = Overwritten(found[-1].start, max(end, found[-1].end))
        elif start < end:
            found.append(Overwritten(start, end))
    return found + [one for one in changes if one.text and one.start + len(one.text) <= min(one.end, size)]
