"""Films as cameras write them: only their containers, since nothing of chatapp's decodes what is in them."""

import struct

from tests.media.samples import CAMERA, PLACE, XMP

MEASURED = [b"GPS5 " + PLACE, b"GPS5 second " + PLACE, b"GPS5 third " + PLACE]
PICTURES, SOUND = b"frames of pictures " * 50, b"frames of sound " * 50
IDENTITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
QUARTER_TURN = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)


def box(kind: bytes, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return struct.pack(">I", 8 + len(content)) + kind + content


def film(
    brand: bytes = b"isom",
    *,
    matrix: bytes = IDENTITY,
    has_pictures: bool = True,
    has_metadata: bool = True,
    offsets: bytes = b"stco",
) -> bytes:
    """An MP4 or a QuickTime film of 1920 x 1080 pixels with a place in all boxes that may have one."""
    head = box(b"ftyp", brand, bytes(4), b"isom")
    samples = PICTURES + SOUND + b"".join(MEASURED)
    measured_at = len(head) + 8 + len(PICTURES + SOUND)
    tracks = [track(b"vide", 1920, 1080, matrix)] if has_pictures else []
    tracks.append(track(b"soun", 0, 0, IDENTITY))
    told: list[bytes] = []
    if has_metadata:
        told = [*_told(), track(b"meta", 0, 0, IDENTITY, _measurements(measured_at, offsets))]
    movie = box(b"moov", box(b"mvhd", bytes(100)), *tracks, *told)
    after = box(b"uuid", bytes(16), XMP) + box(b"SECR", CAMERA.encode()) if has_metadata else b""
    return head + box(b"mdat", samples) + movie + after


def track(handler: bytes, width: int, height: int, matrix: bytes, table: bytes = b"") -> bytes:
    head = box(b"tkhd", bytes(40), matrix, struct.pack(">II", width << 16, height << 16))
    media = box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(13)), box(b"minf", box(b"stbl", table)))
    user = box(b"udta", box(b"\xa9mak", CAMERA.encode())) if handler == b"vide" else b""
    return box(b"trak", head, media, user)


def _told() -> list[bytes]:
    user = box(
        b"udta", box(b"\xa9xyz", struct.pack(">HH", len(PLACE), 0x15C7), PLACE), box(b"\xa9mod", CAMERA.encode())
    )
    keys = box(b"keys", bytes(4), struct.pack(">I", 1), box(b"mdta", b"com.apple.quicktime.location.ISO6709"))
    values = box(b"ilst", box(struct.pack(">I", 1), box(b"data", bytes(8), PLACE)))
    return [user, box(b"meta", box(b"hdlr", bytes(8), b"mdta", bytes(13)), keys, values)]


def _measurements(at: int, kind: bytes) -> bytes:
    """The tables of the track: three samples, two in a first chunk and one in a second."""
    sizes = struct.pack(">IIIIII", 0, 0, 3, *(len(one) for one in MEASURED))
    runs = struct.pack(">II6I", 0, 2, 1, 2, 1, 2, 1, 1)
    places = (at, at + len(MEASURED[0]) + len(MEASURED[1]))
    chunks = struct.pack(">II" + ("2I" if kind == b"stco" else "2Q"), 0, 2, *places)
    return box(b"stsz", sizes) + box(b"stsc", runs) + box(kind, chunks)


def element(number: int, content: bytes) -> bytes:
    """One of Matroska's, with a length of eight bytes."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big") + b"\x01" + len(content).to_bytes(7, "big") + content


def webm(*, has_pictures: bool = True) -> bytes:
    head = element(0x1A45DFA3, element(0x4282, b"webm"))
    video = element(0xE0, element(0xB0, (640).to_bytes(2, "big")) + element(0xBA, (360).to_bytes(2, "big")))
    tracks = element(0xAE, element(0xD7, b"\1") + element(0x83, b"\1") + video) if has_pictures else b""
    tracks += element(0xAE, element(0xD7, b"\2") + element(0x83, b"\2"))
    cluster = b"\x1f\x43\xb6\x75\x01\xff\xff\xff\xff\xff\xff\xff" + bytes(100)
    return head + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" + element(0x1654AE6B, tracks) + cluster
