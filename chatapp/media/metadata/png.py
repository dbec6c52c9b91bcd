"""PNG: its chunks, and which of them say more than the picture."""

import struct
import zlib

from chatapp.media.metadata.pieces import Bytes, Malformed, Pieces, exif_of, orientation_in

SIGNATURE_BYTES = 8
FRAME_BYTES = 12
"""Of a chunk around its payload: the length, the kind, the checksum."""
CRITICAL = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
COLOURS = {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"cICP", b"mDCV"}
ANIMATION = {b"acTL", b"fcTL", b"fdAT"}
KEPT = CRITICAL | COLOURS | ANIMATION | {b"cLLI"}
EXIF = b"eXIf"


def strip(data: Bytes) -> Pieces:
    """The picture, with its colours and its animation, and how the camera was held: without texts, times, EXIF, chunks
    of programs' own, and what follows the end. From where it is malformed, it stays as it is."""
    pieces = Pieces(data)
    pieces.keep(0, SIGNATURE_BYTES)
    at = SIGNATURE_BYTES
    try:
        while at < len(data):
            at = _chunk(data, at, pieces)
    except Malformed:
        pieces.keep(at, len(data))
    return pieces


def _chunk(data: Bytes, at: int, pieces: Pieces) -> int:
    kind = data[at + 4 : at + 8]
    end = at + FRAME_BYTES + int.from_bytes(data[at : at + 4], "big")
    if len(kind) < 4 or end > len(data):
        raise Malformed
    if kind in KEPT:
        pieces.keep(at, end)
    elif kind == EXIF:
        orientation = orientation_in(data[at + 8 : end - 4])
        if orientation != 1:
            pieces.add(_packed(EXIF, exif_of(orientation)))
    return len(data) if kind == b"IEND" else end


def _packed(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))
