"""WebP: the chunks of its RIFF container, and which of them say more than the picture."""

import struct

from chatapp.media.metadata.pieces import Bytes, Malformed, Pieces, exif_of, orientation_in

HEAD_BYTES = 12
KEPT = {b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
EXTENDED, EXIF = b"VP8X", b"EXIF"
SAYS_EXIF, SAYS_XMP = 0x08, 0x04
"""Bits of the first byte of the extended header."""
EXIF_PREFIX = b"Exif\0\0"
"""Some programs write it before the block, as in JPEG."""

Part = tuple[int, int] | bytes


def strip(data: Bytes) -> Pieces:
    """The picture, with its profile and its animation, and how the camera was held: without EXIF, XMP, chunks of
    programs' own, and what follows the end. From where it is malformed, it stays as it is."""
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    parts: list[Part] = []
    at, orientation = HEAD_BYTES, 1
    try:
        while at < end:
            kind, following = _chunk_at(data, at, end)
            if kind in KEPT or kind == EXTENDED:
                parts.append((at, following))
            elif kind == EXIF:
                orientation = orientation_in(data[at + 8 : following].removeprefix(EXIF_PREFIX))
            at = following
    except Malformed:
        parts.append((at, len(data)))
    exif = _packed(EXIF, exif_of(orientation)) if orientation != 1 else b""
    return _joined(data, [_with_flags(data, part, bool(exif)) for part in parts] + [exif] * bool(exif))


def _chunk_at(data: Bytes, at: int, end: int) -> tuple[bytes, int]:
    """Its kind, and where the next one begins: at an even place."""
    length = int.from_bytes(data[at + 4 : at + 8], "little")
    following = at + 8 + length + length % 2
    if at + 8 > end or at + 8 + length > end:
        raise Malformed
    return data[at : at + 4], min(following, end)


def _with_flags(data: Bytes, part: Part, has_exif: bool) -> Part:
    """The extended header says which metadata there is."""
    if isinstance(part, bytes) or data[part[0] : part[0] + 4] != EXTENDED or part[1] - part[0] < 9:
        return part
    flags = data[part[0] + 8 : part[0] + 9][0]
    right = flags & ~(SAYS_EXIF | SAYS_XMP) | (SAYS_EXIF if has_exif else 0)
    return part if flags == right else data[part[0] : part[0] + 8] + bytes([right]) + data[part[0] + 9 : part[1]]


def _joined(data: Bytes, parts: list[Part]) -> Pieces:
    length = 4 + sum(len(part) if isinstance(part, bytes) else part[1] - part[0] for part in parts)
    pieces = Pieces(data)
    head = b"RIFF" + struct.pack("<I", length) + b"WEBP"
    if head == data[:HEAD_BYTES]:
        pieces.keep(0, HEAD_BYTES)
    else:
        pieces.add(head)
    for part in parts:
        if isinstance(part, bytes):
            pieces.add(part)
        else:
            pieces.keep(*part)
    return pieces


def _packed(kind: bytes, payload: bytes) -> bytes:
    return kind + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)
