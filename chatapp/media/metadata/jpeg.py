"""JPEG: its segments up to the end of the picture, and which of them say more than the picture."""

from mmap import mmap

from chatapp.media.metadata.pieces import Malformed, Pieces, exif_of, orientation_in

START, END, SCAN, COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
APPLICATION = range(0xE0, 0xF0)
WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD8)}
JFIF, EXIF, PROFILE, ADOBE = b"JFIF\0", b"Exif\0\0", b"ICC_PROFILE\0", b"Adobe"
JFIF_BYTES = 14
"""Of its segment without a thumbnail: identifier, version, unit, two densities, and two sides of the thumbnail."""


def strip(data: mmap) -> Pieces:
    """The picture without EXIF, XMP, IPTC, comments, thumbnails, and whatever follows its end: further pictures, a
    video, other files. Its colour profile and how the camera was held stay. From where it is malformed, it stays as it
    is."""
    pieces = Pieces(data)
    pieces.keep(0, 2)
    at = 2
    try:
        while at < len(data):
            at = _segment(data, at, pieces)
    except (Malformed, IndexError):
        pieces.keep(at, len(data))
    return pieces


def _segment(data: mmap, at: int, pieces: Pieces) -> int:
    """Keeps or leaves out the segment here and returns where the next one begins."""
    if data[at : at + 1] != b"\xff":
        raise Malformed
    kind = data[at + 1 : at + 2][0]
    if kind == 0xFF:  # a fill byte before the marker
        pieces.keep(at, at + 1)
        return at + 1
    if kind in WITHOUT_LENGTH:
        pieces.keep(at, at + 2)
        return at + 2
    if kind == END:
        pieces.keep(at, at + 2)
        return len(data)
    length = int.from_bytes(data[at + 2 : at + 4], "big")
    end = at + 2 + length
    if length < 2 or end > len(data):
        raise Malformed
    if kind == SCAN:
        end = _end_of_scan(data, end)
        pieces.keep(at, end)
    elif kind in APPLICATION:
        _application(data, at, end, pieces)
    elif kind != COMMENT:
        pieces.keep(at, end)
    return end


def _application(data: mmap, at: int, end: int, pieces: Pieces) -> None:
    """Keeps what decides on colours; of EXIF the orientation; of JFIF all but the thumbnail."""
    head = data[at + 4 : at + 4 + len(PROFILE)]
    kind = data[at + 1 : at + 2][0] - APPLICATION.start
    if (kind == 2 and head.startswith(PROFILE)) or (kind == 14 and head.startswith(ADOBE)):
        pieces.keep(at, end)
    elif kind == 0 and head.startswith(JFIF):
        values = data[at + 4 : at + 4 + JFIF_BYTES - 2]
        pieces.add(_packed(kind, values.ljust(JFIF_BYTES - 2, b"\0") + b"\0\0"))
    elif kind == 1 and head.startswith(EXIF):
        orientation = orientation_in(data[at + 4 + len(EXIF) : end])
        if orientation != 1:
            pieces.add(_packed(kind, EXIF + exif_of(orientation)))


def _packed(kind: int, payload: bytes) -> bytes:
    return bytes([0xFF, APPLICATION.start + kind]) + (len(payload) + 2).to_bytes(2, "big") + payload


def _end_of_scan(data: mmap, at: int) -> int:
    """Where the next marker begins after the compressed pixels. In these 0xFF is followed by 0 or a restart marker."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        following = data[at + 1 : at + 2][0]
        if following and following != 0xFF and following not in WITHOUT_LENGTH:
            return at
        at += 1 if following == 0xFF else 2
    return len(data)
