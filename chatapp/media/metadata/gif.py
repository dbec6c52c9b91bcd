"""GIF: its blocks, and which of them say more than the picture."""

from chatapp.media.metadata.pieces import Bytes, Malformed, Pieces

SCREEN_BYTES = 13
EXTENSION, IMAGE, END = 0x21, 0x2C, 0x3B
COMMENT, APPLICATION = 0xFE, 0xFF
KEPT_APPLICATIONS = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
"""How often an animation runs, and the colour profile."""


def strip(data: Bytes) -> Pieces:
    """The picture and its animation, without comments, XMP, blocks of programs' own, and what follows the end. From
    where it is malformed, it stays as it is."""
    pieces = Pieces(data)
    at = 0
    try:
        at = SCREEN_BYTES + _table_bytes(_byte(data, 10))
        pieces.keep(0, at)
        while at < len(data):
            at = _block(data, at, pieces)
    except Malformed:
        pieces.keep(at, len(data))
    return pieces


def _block(data: Bytes, at: int, pieces: Pieces) -> int:
    kind = _byte(data, at)
    if kind == END:
        pieces.keep(at, at + 1)
        return len(data)
    if kind == IMAGE:
        end = _end_of_data(data, at + 11 + _table_bytes(_byte(data, at + 9)))
        pieces.keep(at, end)
        return end
    if kind != EXTENSION:
        raise Malformed
    label = _byte(data, at + 1)
    end = _end_of_data(data, at + 2)
    is_kept_application = data[at + 3 : at + 14] in KEPT_APPLICATIONS
    if label not in (COMMENT, APPLICATION) or (label == APPLICATION and is_kept_application):
        pieces.keep(at, end)
    return end


def _table_bytes(flags: int) -> int:
    """The length of the table of colours that these flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _end_of_data(data: Bytes, at: int) -> int:
    """Where the chain of pieces of at most 255 bytes ends that begins here."""
    while length := _byte(data, at):
        at += 1 + length
    return at + 1


def _byte(data: Bytes, at: int) -> int:
    found = data[at : at + 1]
    if not found:
        raise Malformed
    return found[0]
