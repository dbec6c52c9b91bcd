"""HEIC and AVIF: the items of the container, and which of them say more than the picture."""

from collections.abc import Iterator
from dataclasses import dataclass

from chatapp.media.metadata import mp4
from chatapp.media.metadata.boxes import Box, Overwritten, boxes, child, children, freed
from chatapp.media.metadata.pieces import Bytes, Malformed

KNOWN = mp4.PLAYED | mp4.EMPTY | {b"meta", b"idat"}
NO_EXIF = bytes(4) + b"MM\0*" + (8).to_bytes(4, "big") + bytes(6)
"""An item of EXIF: where the block begins, and a block without entries."""
EXIF_ITEM, TEXT_ITEM = b"Exif", b"mime"
MOST_ITEMS = 10_000


def read(data: Bytes) -> list[Overwritten]:
    """What is overwritten: EXIF, XMP and other texts, boxes of programs' own. Nothing is decoded, and nothing moves.

    Raises Malformed for what is no such picture.
    """
    outer = list(boxes(data, 0, len(data)))
    changes = [change for box in outer if box.kind not in KNOWN for change in freed(box)]
    changes += [change for box in outer if box.kind == b"moov" for change in mp4.of_movie(data, box).changes]
    description = next((box for box in outer if box.kind == b"meta"), None)
    if description is None:
        return changes
    kinds = _kinds(data, description)
    for item, start, end in _places(data, description):
        if kinds.get(item) == EXIF_ITEM:
            changes += _without_entries(start, end)
        elif kinds.get(item) == TEXT_ITEM:
            changes.append(Overwritten(start, end))
    return changes


def _without_entries(start: int, end: int) -> list[Overwritten]:
    """What empties an item of EXIF, and leaves one that can be read where there is room for it."""
    rest = start + len(NO_EXIF)
    if rest > end:
        return [Overwritten(start, end)]
    return [Overwritten(start, rest, NO_EXIF), Overwritten(rest, end)]


def _kinds(data: Bytes, description: Box) -> dict[int, bytes]:
    """The kinds of the items, of those with a version that says one."""
    entries = child(data, description, b"iinf")
    if entries is None:
        return {}
    is_short = data[entries.body : entries.body + 1] == b"\0"
    found = {}
    for entry in boxes(data, entries.body + (6 if is_short else 8), entries.end):
        version = data[entry.body : entry.body + 1]
        width = {b"\2": 2, b"\3": 4}.get(version)
        if entry.kind == b"infe" and width is not None:
            at = entry.body + 4
            item = int.from_bytes(data[at : at + width], "big")
            found[item] = data[at + width + 2 : at + width + 6]
    return found


@dataclass(slots=True)
class _Reader:
    """Reads numbers one after the other. Raises Malformed at the end."""

    data: bytes
    at: int = 0

    def number(self, width: int) -> int:
        self.at += width
        if self.at > len(self.data):
            raise Malformed
        return int.from_bytes(self.data[self.at - width : self.at], "big")


def _places(data: Bytes, description: Box) -> Iterator[tuple[int, int, int]]:
    """Each item's number, and from where to where one extent of it lies in the file."""
    located = child(data, description, b"iloc")
    if located is None:
        return
    inner = next((box.body for box in children(data, description) if box.kind == b"idat"), None)
    reader = _Reader(data[located.body : located.end])
    version = reader.number(4) >> 24
    widths = reader.number(2)
    offset_width, length_width, base_width = (widths >> bits & 15 for bits in (12, 8, 4))
    index_width = widths & 15 if version else 0
    for _ in range(min(reader.number(4 if version == 2 else 2), MOST_ITEMS)):
        item = reader.number(4 if version == 2 else 2)
        method = reader.number(2) & 15 if version else 0
        reader.number(2)  # the file that has the data: this one
        base = reader.number(base_width)
        for _ in range(reader.number(2)):
            reader.number(index_width)
            start = base + reader.number(offset_width)
            length = reader.number(length_width) or len(data) - start
            if method == 0:
                yield item, start, start + length
            elif method == 1 and inner is not None:
                yield item, inner + start, inner + start + length
