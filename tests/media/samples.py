"""Pictures of every format, with a place and a camera in them."""

import struct
from functools import cache
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image, ImageDraw, PngImagePlugin
from PIL.TiffImagePlugin import IFDRational

CAMERA = "Secretcam 3000"
LATITUDE = (52_520_833, 1_000_000)
PLACE = b"+52.5208+013.4094/"
"""As films write it, and as the texts here do."""
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><p place="{PLACE.decode()}" camera="{CAMERA}"/></x:xmpmeta>'.encode()
PLANTED = (CAMERA.encode(), PLACE, struct.pack(">II", *LATITUDE), struct.pack("<II", *LATITUDE))
"""What must not be left. The last two are the latitude as EXIF writes it."""
TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "AVIF": "image/avif",
    "HEIF": "image/heic",
}
TURNED = 6
"""EXIF's orientation of a picture whose top is at its right side."""

pillow_heif.register_heif_opener()


def exif(orientation: int = 1) -> Image.Exif:
    """Where a picture was taken, by what, and how the camera was held."""
    found = Image.Exif()
    found[0x010F] = CAMERA
    found[0x0112] = orientation
    found.get_ifd(0x8825).update({1: "N", 2: (IFDRational(*LATITUDE), 0.0, 0.0), 3: "E", 4: (13.0, 24.0, 34.0)})
    return found


def drawn(width: int = 640, height: int = 480) -> Image.Image:
    """A picture with a left side that is red and a right side that is blue, on each half something of its own."""
    picture = Image.new("RGB", (width, height), (200, 30, 30))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((width // 2, 0, width, height), fill=(30, 30, 200))
    draw.ellipse((width // 8, height // 4, width // 4, height // 2), fill=(250, 250, 100))
    return picture


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def decoded(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def with_metadata(kind: str, orientation: int = 1, picture: Image.Image | None = None) -> bytes:
    """A picture of that format that says everything it can."""
    picture = picture or drawn()
    said = exif(orientation)
    if kind == "JPEG":
        text = f"{CAMERA} {PLACE.decode()}".encode()
        data = encoded(picture, kind, exif=said, xmp=XMP, comment=text, icc_profile=profile())
        # IPTC, and after the end a second picture, as cameras and telephones write it.
        iptc = b"Photoshop 3.0\0" + text
        second = encoded(drawn(64, 64), kind, exif=said)
        return data[:2] + b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc + data[2:] + second
    if kind == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Make", CAMERA)
        texts.add_text("Place", PLACE.decode(), zip=True)
        texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
        texts.add(b"tIME", struct.pack(">HBBBBB", 2026, 1, 2, 3, 4, 5))
        return encoded(picture, kind, exif=said, pnginfo=texts, icc_profile=profile()) + XMP
    if kind == "GIF":
        data = encoded(picture, kind, comment=f"{CAMERA} {PLACE.decode()}".encode())
        packet = b"\x21\xff\x0bXMP DataXMP" + XMP + b"\x01" + bytes(range(255, -1, -1)) + b"\0"
        return data[:-1] + packet + b";" + XMP
    return encoded(picture, kind, exif=said, xmp=XMP, **({} if kind == "HEIF" else {"icc_profile": profile()}))


def animation(kind: str) -> bytes:
    others = [Image.new("RGB", (400, 300), colour) for colour in ("green", "blue")]
    first = Image.new("RGB", (400, 300), "red")
    return encoded(first, kind, save_all=True, append_images=others, duration=100, loop=0)


@cache
def profile() -> bytes:
    """The same each time: it says when it was made."""
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
