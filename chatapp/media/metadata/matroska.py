"""WebM: the size of a film, and whether it is sound alone. Reads the description of the tracks near the beginning."""

from collections.abc import Iterator
from contextlib import suppress

from chatapp.media.metadata.pieces import Malformed

HEAD_BYTES = 1 << 20
SEGMENT, TRACKS, TRACK, VIDEO, WIDTH, HEIGHT = 0x18538067, 0x1654AE6B, 0xAE, 0xE0, 0xB0, 0xBA
ENTERED = {SEGMENT, TRACKS, TRACK, VIDEO}


def size_of(head: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a film whose first HEAD_BYTES these are; None of sound alone.

    Raises Malformed for what is no film.
    """
    found: dict[int, int] = {}
    kinds = set()
    with suppress(Malformed):
        for kind, start, end in _elements(head):
            kinds.add(kind)
            if kind in (WIDTH, HEIGHT):
                found.setdefault(kind, int.from_bytes(head[start:end][:8], "big"))
    if TRACK not in kinds:
        raise Malformed
    return (found[WIDTH], found[HEIGHT]) if found.keys() == {WIDTH, HEIGHT} else None


def _elements(head: bytes) -> Iterator[tuple[int, int, int]]:
    """The elements, with those in the ones that are entered: kind, and from where to where the content is."""
    at = 0
    while at < len(head):
        kind, at = _number(head, at, with_marker=True)
        length, at = _number(head, at)
        yield kind, at, at + length
        if kind not in ENTERED:
            at += length


def _number(head: bytes, at: int, *, with_marker: bool = False) -> tuple[int, int]:
    """A number whose first bit that is set says how long it is, and where the next one begins."""
    first = head[at : at + 1]
    width = 9 - first[0].bit_length() if first and first[0] else 0
    if not width or at + width > len(head):
        raise Malformed
    found = int.from_bytes(head[at : at + width], "big")
    return (found if with_marker else found & (1 << 7 * width) - 1), at + width
