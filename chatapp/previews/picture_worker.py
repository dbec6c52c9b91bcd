"""Re-encodes the picture of a preview, as `chatapp/pictures/worker.py` does those of people, but whole and wider."""

import sys
from typing import Any

from chatapp.pictures.worker import main

SIDE_PIXELS = 480
"""Twice the width of a card's picture, for screens with small pixels. The longer side has it at most."""


def fitted(picture: Any) -> Any:
    """The whole picture, scaled down if it is too large."""
    from PIL import Image

    scale = min(1.0, SIDE_PIXELS / max(picture.size))
    size = tuple(max(1, round(side * scale)) for side in picture.size)
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


if __name__ == "__main__":
    sys.exit(main(fitted, SIDE_PIXELS))
