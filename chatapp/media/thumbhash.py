"""A ThumbHash: the colours of a picture as some 25 bytes, which a client draws as a blur until the picture is there.

The format is that of https://evanw.github.io/thumbhash/: the lowest frequencies of a cosine transform of luminance, of
two differences of colours and of opacity, with a few bits each. Pure Python: it is computed of a few hundred pixels.
"""

from collections.abc import Sequence
from math import cos, pi

LONGEST_SIDE = 32
"""More pixels say nothing more about frequencies of at most 7 half waves."""

Channel = list[float]


def thumbhash(width: int, height: int, pixels: Sequence[tuple[int, int, int, int]]) -> bytes:
    """The hash of a picture of at most LONGEST_SIDE x LONGEST_SIDE RGBA pixels, row by row: 25 bytes at most."""
    luminance, yellow_blue, red_green, opacity = _channels(pixels)
    has_alpha = any(alpha < 255 for *_, alpha in pixels)
    waves = 5 if has_alpha else 7
    across = max(1, round(waves * width / max(width, height)))
    down = max(1, round(waves * height / max(width, height)))
    l_steady, l_waves, l_scale = _transform(luminance, width, height, max(3, across), max(3, down))
    p_steady, p_waves, p_scale = _transform(yellow_blue, width, height, 3, 3)
    q_steady, q_waves, q_scale = _transform(red_green, width, height, 3, 3)
    is_landscape = width > height
    colours = (
        round(63 * l_steady)
        | round(31.5 + 31.5 * p_steady) << 6
        | round(31.5 + 31.5 * q_steady) << 12
        | round(31 * l_scale) << 18
        | int(has_alpha) << 23
    )
    shape = (
        (down if is_landscape else across)
        | round(63 * p_scale) << 3
        | round(63 * q_scale) << 9
        | int(is_landscape) << 15
    )
    head = colours.to_bytes(3, "little") + shape.to_bytes(2, "little")
    waves_of_all = [*l_waves, *p_waves, *q_waves]
    if has_alpha:
        a_steady, a_waves, a_scale = _transform(opacity, width, height, 5, 5)
        head += bytes([round(15 * a_steady) | round(15 * a_scale) << 4])
        waves_of_all += a_waves
    return head + _packed(waves_of_all)


def _channels(pixels: Sequence[tuple[int, int, int, int]]) -> tuple[Channel, Channel, Channel, Channel]:
    """Luminance, yellow against blue, red against green, and opacity. What is transparent has the average colour."""
    total = sum(pixel[3] for pixel in pixels)
    average = [sum(pixel[at] * pixel[3] for pixel in pixels) / total / 255 if total else 0.0 for at in range(3)]
    luminance, yellow_blue, red_green, opacity = [], [], [], []
    for *colour, alpha in pixels:
        opaque = alpha / 255
        red, green, blue = (
            mean * (1 - opaque) + opaque * value / 255 for mean, value in zip(average, colour, strict=True)
        )
        luminance.append((red + green + blue) / 3)
        yellow_blue.append((red + green) / 2 - blue)
        red_green.append(red - green)
        opacity.append(opaque)
    return luminance, yellow_blue, red_green, opacity


def _transform(channel: Channel, width: int, height: int, across: int, down: int) -> tuple[float, list[float], float]:
    """The steady part, the waves scaled to 0 to 1, and the scale that was taken out of them."""
    x_waves = [[cos(pi / width * wave * (x + 0.5)) for x in range(width)] for wave in range(across)]
    y_waves = [[cos(pi / height * wave * (y + 0.5)) for y in range(height)] for wave in range(down)]
    steady, found = 0.0, []
    for y_number, y_wave in enumerate(y_waves):
        for x_number, x_wave in enumerate(x_waves):
            if x_number * down >= across * (down - y_number):
                break
            sum_of_rows = sum(
                weight * sum(map(float.__mul__, x_wave, channel[y * width : (y + 1) * width]))
                for y, weight in enumerate(y_wave)
            )
            factor = sum_of_rows / (width * height)
            if x_number or y_number:
                found.append(factor)
            else:
                steady = factor
    scale = max(map(abs, found), default=0.0)
    return steady, [0.5 + 0.5 / scale * factor if scale else 0.0 for factor in found], scale


def _packed(waves: list[float]) -> bytes:
    """Four bits each, the lower half of a byte first."""
    halves = [round(15 * wave) for wave in waves]
    if len(halves) % 2:
        halves.append(0)
    return bytes(low | high << 4 for low, high in zip(halves[::2], halves[1::2], strict=True))
