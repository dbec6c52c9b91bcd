"""Pictures to send, and what came of them."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The bytes of a picture as JPEG, PNG, WEBP or GIF."""
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def plain(colour: Any = RED, size: tuple[int, int] = (300, 200), mode: str = "RGB") -> Image.Image:
    return Image.new(mode, size, colour)


def decoded(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def bomb(side: int) -> bytes:
    """A PNG of that many pixels wide and high, all black, in a thousandth of its size."""
    return png(side, side, zlib.compress(bytes((side // 8 + 2) * side), 9))


def png(width: int, height: int, packed: bytes) -> bytes:
    """A PNG with one bit a pixel, and these packed pixels."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
