"""Re-encodes the picture of a preview, as `chatapp/pictures/worker.py` does those of people, but whole and wider."""

import sys
from functools import partial

from chatapp.media.drawing import scaled
from chatapp.pictures.worker import main

SIDE_PIXELS = 480
"""Twice the width of a card's picture, for screens with small pixels. The longer side has it at most."""


if __name__ == "__main__":
    sys.exit(main(partial(scaled, longest_side=SIDE_PIXELS), SIDE_PIXELS))
