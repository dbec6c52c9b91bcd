"""Decodes a picture or the first page of a PDF, and makes previews of it. Runs in the worker only.

`picture` is a PIL.Image.Image; the libraries are imported where they are needed, after the process has limited itself.
"""

import base64
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import IO, Any

from chatapp.media.thumbhash import LONGEST_SIDE, thumbhash
from chatapp.pictures.normalization import orientation_of, turned, with_plain_colours

FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/avif": "AVIF",
    "image/heic": "HEIF",
}
PREVIEW_SIDES = (320, 960, 2048)
"""Longest sides of previews in pixels: for the list of messages, the same on screens of high density, and alone."""
QUALITY = 80
METHOD = 2
"""Of 0 to 6. 4 takes four times as long, and its files are not smaller by a twentieth."""
MOST_PIXELS = 64_000_000
"""As they are decoded. Memory is what limits it: 256 MB, three times at once while they become plain colours."""
MOST_PIXELS_OF_JPEG = 256_000_000
"""As they are stored: a JPEG is decoded at a half, a quarter or an eighth of its sides."""


class TooLarge(Exception):
    """More pixels than are decoded."""


class NeedsPassword(Exception):
    """The document is encrypted."""


def open_picture(source: IO[bytes], content_type: str) -> tuple[Any, tuple[int, int]]:
    """The decoded picture, upright, in RGB or RGBA, perhaps smaller than it is; and its size in pixels as it is.

    Raises TooLarge by the size in its head, and almost anything for what cannot be decoded.
    """
    from PIL import AvifImagePlugin, Image

    Image.MAX_IMAGE_PIXELS = None
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    if content_type == "image/heic":
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False, decode_threads=1)
    with Image.open(source, formats=[FORMATS[content_type]]) as picture:
        size = picture.size
        if size[0] * size[1] > MOST_PIXELS_OF_JPEG:
            raise TooLarge
        picture.draft("RGB", (PREVIEW_SIDES[-1], PREVIEW_SIDES[-1]))
        if picture.width * picture.height > MOST_PIXELS:
            raise TooLarge
        orientation = orientation_of(picture)
        profile = picture.info.get("icc_profile")
        picture.load()
        plain = with_plain_colours(scaled(picture, PREVIEW_SIDES[-1]))
    upright = turned(_with_standard_colours(plain, profile), orientation)
    return upright, size[::-1] if orientation >= 5 else size


def _with_standard_colours(picture: Any, profile: bytes | None) -> Any:
    """The picture in sRGB, which is what a file without a profile is taken for."""
    if not profile:
        return picture
    from PIL import ImageCms

    with suppress(Exception):
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        if given.profile.xcolor_space.strip() == "RGB":
            standard = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(picture, given, standard, outputMode=picture.mode) or picture
    return picture


def open_page(source: IO[bytes]) -> tuple[Any, tuple[int, int]]:
    """The first page of a PDF, as large as the largest preview, and that size in pixels.

    Raises NeedsPassword, and almost anything for what is no PDF.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise NeedsPassword from error
        raise
    page = document[0]
    width, height = page.get_size()
    picture = page.render(scale=PREVIEW_SIDES[-1] / max(width, height)).to_pil().convert("RGB")
    return picture, picture.size


def scaled(picture: Any, longest_side: int) -> Any:
    """The picture with sides of that many pixels at most; the same where it is no larger."""
    from PIL import Image

    factor = longest_side / max(picture.size)
    if factor >= 1:
        return picture
    if picture.mode not in ("RGB", "RGBA", "L"):
        picture = with_plain_colours(picture)
    size = tuple(max(1, round(side * factor)) for side in picture.size)
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def previews_of(picture: Any) -> Iterator[tuple[Any, bytes]]:
    """From the largest to the smallest preview: the picture, and that as a WebP without metadata."""
    longest = max(picture.size)
    for side in sorted({min(side, longest) for side in PREVIEW_SIDES}, reverse=True):
        picture = scaled(picture, side)
        file = BytesIO()
        picture.save(file, "WEBP", quality=QUALITY, method=METHOD)
        yield picture, file.getvalue()


def placeholder_of(picture: Any) -> str:
    """A ThumbHash in base64, 36 characters at most."""
    small = scaled(picture, LONGEST_SIDE).convert("RGBA")
    data = small.tobytes()
    pixels = [(data[at], data[at + 1], data[at + 2], data[at + 3]) for at in range(0, len(data), 4)]
    return base64.b64encode(thumbhash(small.width, small.height, pixels)).decode()
