"""Files that are damaged, or made to harm whoever looks into them."""

import random
import struct
import zlib
from collections.abc import Iterator
from functools import cache

from tests.media.films import box, film, webm
from tests.media.samples import TYPES, animation, drawn, encoded, with_metadata
from tests.media.test_other_files import pdf
from tests.pictures import bomb, png

HEADS = (b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"%PDF-1.7\n", b"\x1a\x45\xdf\xa3", b"ID3\x04")
NAMES = (
    "picture.jpg",
    "page.html",
    "film.mp4",
    "letter.pdf",
    "notes.txt",
    "program.exe",
    "../../etc/passwd",
    "a\0b",
    "",
)
PAGE = b"<script>alert(1)</script>"


def malformed(count: int, seed: int = 1) -> Iterator[tuple[str, str, bytes]]:
    """So many files: what is wrong with each, its name, and its bytes. Every bomb is among the first."""
    chance = random.Random(seed)
    bombs = list(_bombs().items())
    for number in range(count):
        if number < len(bombs):
            what, data = bombs[number]
        else:
            what = chance.choice(list(_WAYS))
            data = _WAYS[what](chance.choice(_whole()), chance)
        yield what, chance.choice(NAMES), data


@cache
def _whole() -> list[bytes]:
    small = drawn(200, 150)
    pictures = [with_metadata(kind, 6, small) for kind in TYPES]
    return [*pictures, animation("GIF"), animation("WEBP"), animation("PNG"), film(), webm(), pdf()]


@cache
def _bombs() -> dict[str, bytes]:
    """A few KB each that unfold to gigabytes, or that have no end."""
    text = zlib.compress(bytes(200_000_000), 9)
    small = encoded(drawn(50, 50), "PNG")
    jpeg = encoded(drawn(64, 64), "JPEG")
    size_at = jpeg.index(b"\xff\xc0") + 5
    many = animation("GIF")
    return {
        "PNG of 900 megapixels": bomb(30_000),
        "PNG of 60 megapixels": bomb(7_700),
        "PNG with a huge head": png(0x7FFFFFFF, 0x7FFFFFFF, b""),
        "PNG with a text of 200 MB": small[:33] + _chunk(b"zTXt", b"a\0\0" + text) + small[33:],
        "PNG with a profile of 200 MB": small[:33] + _chunk(b"iCCP", b"a\0\0" + text) + small[33:],
        "JPEG with a huge head": jpeg[:size_at] + b"\xff\xff\xff\xff" + jpeg[size_at + 4 :],
        "WebP of 268 megapixels": encoded(drawn(1, 1).resize((16_383, 16_383)), "WEBP", lossless=True, method=0),
        "GIF of 10,000 frames": many[:-1] + many[-200:-1] * 10_000 + b";",
        "GIF of 65,535 pixels square": b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x08\x01\0\0;",
        "document with a huge page": pdf(1e30, 1e30),
        "document that draws for ever": pdf(content=b"0 0 m 9 9 l S " * 2_000_000),
        "document with pages in themselves": pdf().replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]"),
        "film of boxes in boxes": box(b"ftyp", b"isom", bytes(4)) + _nested(b"moov", 2_000),
        "film of empty boxes": box(b"ftyp", b"isom", bytes(4)) + box(b"moov", box(b"free") * 200_000),
        "film whose samples are the file, often": _overlapping(),
    }


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _nested(kind: bytes, depth: int) -> bytes:
    found = b""
    for _ in range(depth):
        found = box(kind, found)
    return found


def _overlapping() -> bytes:
    """A track of measurements with 100,000 chunks that all begin at 0 and are as long as can be."""
    sizes = box(b"stsz", struct.pack(">III", 0, 0xFFFFFFFF, 1))
    chunks = box(b"stco", struct.pack(">II", 0, 100_000), bytes(400_000))
    media = box(b"mdia", box(b"hdlr", bytes(8), b"meta", bytes(13)), box(b"minf", box(b"stbl", sizes, chunks)))
    return box(b"ftyp", b"isom", bytes(4)) + box(b"moov", box(b"trak", media))


def _truncated(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _flipped(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.choice((1, 3, 30, 300))):
        found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def _lengthened(data: bytes, chance: random.Random) -> bytes:
    """A number of four bytes somewhere near the beginning is as large as can be."""
    at = chance.randrange(min(len(data), 400))
    return data[:at] + chance.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", bytes(4))) + data[at + 4 :]


def _spliced(data: bytes, chance: random.Random) -> bytes:
    other = chance.choice(_whole())
    return data[: chance.randrange(len(data))] + other[chance.randrange(len(other)) :]


def _polyglot(data: bytes, chance: random.Random) -> bytes:
    """Two files in one: a page or an archive behind the file, or before it."""
    other = chance.choice((PAGE, b"PK\x03\x04" + bytes(200), chance.choice(_whole())))
    return chance.choice((data + other, other + data, data[:20] + other + data[20:]))


def _wrong_head(data: bytes, chance: random.Random) -> bytes:
    head = chance.choice(HEADS)
    return head + data[len(head) :]


def _noise(_data: bytes, chance: random.Random) -> bytes:
    return chance.choice((b"", *HEADS)) + chance.randbytes(chance.choice((0, 1, 100, 100_000)))


_WAYS = {
    "truncated": _truncated,
    "flipped bits": _flipped,
    "huge or empty lengths": _lengthened,
    "two files spliced": _spliced,
    "polyglot": _polyglot,
    "wrong first bytes": _wrong_head,
    "noise": _noise,
}
