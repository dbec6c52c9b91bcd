"""Re-encodes one picture: reads it from standard input, and writes a small square WebP to standard output.

Runs as a program of its own, `python worker.py`, since a decoder is what a prepared picture attacks. It limits itself
before it reads a byte, and has no descriptors but these two and standard error. The exit status says what was wrong.
"""

import sys
import warnings
from io import BytesIO
from typing import Any

from chatapp.decoder_limits import limit_self
from chatapp.pictures.normalization import orientation_of, turned, with_plain_colours

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
        orientation = orientation_of(picture)
        picture.load()
        square = _scaled(with_plain_colours(picture))
    result = BytesIO()
    # Pillow writes no metadata that it is not asked to write.
    turned(square, orientation).save(result, "WEBP", quality=QUALITY, method=4)
    return result.getvalue()


def _scaled(picture: Any) -> Any:
    """The middle square, which is the same however the camera was held."""
    from PIL import Image

    side = min(picture.size)
    left, top = (picture.width - side) / 2, (picture.height - side) / 2
    box = (left, top, left + side, top + side)
    return picture.resize((SIDE_PIXELS, SIDE_PIXELS), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def main() -> int:
    """Returns the exit status."""
    limit_self(CPU_SECONDS, MEMORY_BYTES, LARGEST_RESULT_BYTES)
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
