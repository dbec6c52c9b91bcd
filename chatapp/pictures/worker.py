"""Re-encodes one picture: reads it from standard input, and writes a small square WebP to standard output.

Runs as a program of its own, `python worker.py`, since a decoder is what a prepared picture attacks. It limits itself
before it reads a byte, and has no descriptors but these two and standard error. The exit status says what was wrong.
"""

import os
import resource
import sys
import warnings
from io import BytesIO
from typing import Any

UNREADABLE, TOO_MANY_PIXELS = 3, 4
"""Exit statuses for what is wrong with the picture."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 40_000_000
"""Checked by the size in the picture's head, before anything is decoded."""
SIDE_PIXELS = 256
QUALITY = 80

CPU_SECONDS = 10
MEMORY_BYTES = 1 << 30
"""Address space. 40 megapixels take 160 MB, up to three times at once: as decoded, and while their mode is changed."""
LARGEST_RESULT_BYTES = 200_000
"""More than 256 x 256 pixels of noise take."""

ORIENTATION_TAG = 0x0112
"""EXIF's tag of how the camera was held."""


def limit_self() -> None:
    """Limits what this process may use. Being hard limits, they cannot be raised again."""
    os.nice(10)
    for kind, limit in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, LARGEST_RESULT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (allowed, allowed))


def reencode(data: bytes) -> bytes:
    """The middle square of the picture, upright, as a WebP without metadata. Of an animation the first frame.

    Raises Image.DecompressionBombError for too many pixels, and almost anything for what is no picture.
    """
    from PIL import Image

    # The check below is stricter, and raises where this one would warn.
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(BytesIO(data), formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        # A JPEG is decoded at a fraction of its size, if that is large enough.
        picture.draft("RGB", (SIDE_PIXELS * 2, SIDE_PIXELS * 2))
        orientation = _orientation(picture)
        picture.load()
        square = _scaled(_with_plain_colours(picture))
    result = BytesIO()
    # Pillow writes no metadata that it is not asked to write.
    _turned(square, orientation).save(result, "WEBP", quality=QUALITY, method=4)
    return result.getvalue()


def _orientation(picture: Any) -> int:
    """1 to 8, as in EXIF; 1 (upright) where nothing valid is said."""
    try:
        found = picture.getexif().get(ORIENTATION_TAG, 1)
    except Exception:
        return 1
    return found if isinstance(found, int) else 1


def _with_plain_colours(picture: Any) -> Any:
    """The picture as RGB, or as RGBA if some of it is transparent."""
    if picture.mode.startswith("I") or picture.mode == "F":
        # 16 bits of grey. `convert` would cut off the brighter ones instead of dividing.
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    wanted = "RGBA" if picture.has_transparency_data else "RGB"
    return picture if picture.mode == wanted else picture.convert(wanted)


def _scaled(picture: Any) -> Any:
    """The middle square, which is the same however the camera was held."""
    from PIL import Image

    side = min(picture.size)
    left, top = (picture.width - side) / 2, (picture.height - side) / 2
    box = (left, top, left + side, top + side)
    return picture.resize((SIDE_PIXELS, SIDE_PIXELS), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def _turned(picture: Any, orientation: int) -> Any:
    from PIL import Image

    turns = Image.Transpose
    turn = {
        2: turns.FLIP_LEFT_RIGHT,
        3: turns.ROTATE_180,
        4: turns.FLIP_TOP_BOTTOM,
        5: turns.TRANSPOSE,
        6: turns.ROTATE_270,
        7: turns.TRANSVERSE,
        8: turns.ROTATE_90,
    }.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def main() -> int:
    """Returns the exit status."""
    limit_self()
    from PIL import Image

    warnings.simplefilter("ignore")
    try:
        result = reencode(sys.stdin.buffer.read())
    except Image.DecompressionBombError:
        return TOO_MANY_PIXELS
    except Exception:
        # Pillow's decoders raise OSError, ValueError, SyntaxError, struct.error and more, and MemoryError at the limit.
        return UNREADABLE
    sys.stdout.buffer.write(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
