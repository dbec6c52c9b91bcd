"""What decoded pictures have in common before they are scaled: plain colours, and the right side up.

Runs only in the processes that decode. `picture` is a PIL.Image.Image.
"""

from typing import Any

ORIENTATION_TAG = 0x0112
"""EXIF's tag of how the camera was held."""


def orientation_of(picture: Any) -> int:
    """1 to 8, as in EXIF; 1 (upright) where nothing valid is said."""
    try:
        found = picture.getexif().get(ORIENTATION_TAG, 1)
    except Exception:
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def with_plain_colours(picture: Any) -> Any:
    """The picture as RGB, or as RGBA if some of it is transparent."""
    if picture.mode.startswith("I") or picture.mode == "F":
        # 16 bits of grey. `convert` would cut off the brighter ones instead of dividing.
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    wanted = "RGBA" if picture.has_transparency_data else "RGB"
    return picture if picture.mode == wanted else picture.convert(wanted)


def turned(picture: Any, orientation: int) -> Any:
    """The picture upright, of one that was taken in that orientation."""
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
