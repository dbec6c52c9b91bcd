"""Pictures: their sizes, their previews, the right side up, and what is no picture."""

import base64
from typing import Any

import pytest
from PIL import Image, ImageCms

from chatapp.media.thumbhash import thumbhash
from tests.media.conftest import Inspect
from tests.media.samples import TURNED, TYPES, animation, decoded, drawn, encoded, exif, profile, with_metadata

RED, BLUE = (200, 30, 30), (30, 30, 200)
TOLERANCE = 20
"""How far a colour may be from what it was, of 255, after two lossy formats."""


def is_near(found: Any, wanted: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= TOLERANCE for one, other in zip(found, wanted, strict=False))


@pytest.mark.slow
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(
    ("size", "sides"),
    [((2600, 1300), [320, 960, 2048]), ((1000, 640), [320, 960, 1000]), ((200, 640), [320, 640]), ((60, 40), [60])],
)
def test_a_picture_has_previews_of_up_to_three_sizes_none_larger_than_itself(
    look: Inspect, kind: str, size: tuple[int, int], sides: list[int]
) -> None:
    found = look(encoded(drawn(*size), kind))
    assert (found.kind, found.content_type, (found.width, found.height)) == ("picture", TYPES[kind], size)
    assert [max(one.width, one.height) for one in found.previews] == sides
    for one in found.previews:
        with Image.open(one.path) as preview:
            assert (preview.format, preview.size) == ("WEBP", (one.width, one.height))
            assert abs(one.width / one.height - size[0] / size[1]) < 0.05
            colours = preview.convert("RGB")
            assert is_near(colours.getpixel((one.width // 20, one.height // 20)), RED)
            assert is_near(colours.getpixel((one.width * 3 // 4, one.height // 2)), BLUE)


@pytest.mark.parametrize("kind", TYPES)
def test_a_placeholder_is_short_and_has_the_colours(look: Inspect, kind: str) -> None:
    found = look(encoded(drawn(), kind))
    assert found.placeholder is not None
    assert len(found.placeholder) <= 40
    data = base64.b64decode(found.placeholder, validate=True)
    assert 6 <= len(data) <= 25
    luminance = (data[0] & 63) / 63
    assert abs(luminance - (260 / 3 / 255)) < 0.06


REFERENCES = {
    (32, 24, "opaque"): "9bd80d1d9a6176877088888688678887f5a31ff787",
    (24, 32, "opaque"): "d7c7091d1460767388088888888757a8f9ae13a7f8",
    (32, 32, "clear"): "5e58860d0a37b3878488a08868f19b23acf670777888888887",
    (32, 5, "opaque"): "0da90a119670778784887888703f089788",
    (1, 1, "opaque"): "000802070000000000000000000000000000000000000000",
}
"""Width, height and opacity of a pattern, and its hash by the reference implementation: thumbhash 0.1.1 on npm."""


def test_a_placeholder_is_what_others_compute_of_the_same_pixels() -> None:
    for (width, height, pattern), wanted in REFERENCES.items():
        found = thumbhash(width, height, pixels_of(width, height, pattern)).hex()
        assert len(found) == len(wanted)
        # A value in the middle of two may be rounded either way.
        assert all(abs(int(one, 16) - int(other, 16)) <= 1 for one, other in zip(found, wanted, strict=True))


def pixels_of(width: int, height: int, pattern: str) -> list[tuple[int, int, int, int]]:
    return [
        (x * 7 % 256, y * 11 % 256, x * y % 256, 255 if pattern == "opaque" else x * 8 % 256)
        for y in range(height)
        for x in range(width)
    ]


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind not in ("GIF", "HEIF")])
def test_a_picture_is_shown_as_the_camera_was_held(look: Inspect, kind: str) -> None:
    found = look(encoded(drawn(400, 200), kind, exif=exif(TURNED)))
    assert (found.width, found.height) == (200, 400)
    with Image.open(found.previews[0].path) as preview:
        assert preview.height > preview.width
        colours = preview.convert("RGB")
        assert is_near(colours.getpixel((preview.width - 5, 5)), RED)
        assert is_near(colours.getpixel((5, preview.height - 5)), BLUE)
    assert found.cleaned is not None
    with Image.open(found.cleaned) as cleaned:
        assert cleaned.getexif().get(0x0112) == TURNED


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_of_an_animation_the_first_frame_is_shown(look: Inspect, kind: str) -> None:
    found = look(animation(kind))
    assert found.kind == "picture"
    with Image.open(found.previews[-1].path) as preview:
        assert getattr(preview, "n_frames", 1) == 1
        assert is_near(preview.convert("RGB").getpixel((200, 150)), (255, 0, 0))


def test_what_is_transparent_stays_so(look: Inspect) -> None:
    picture = drawn().convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    found = look(encoded(picture, "PNG"))
    with Image.open(found.previews[0].path) as preview:
        assert preview.mode == "RGBA"
        assert preview.getpixel((10, 2))[3] < 20  # type: ignore[index]


def test_a_wide_range_of_colours_is_shown_in_those_of_the_web(look: Inspect) -> None:
    """A preview without a profile is taken for sRGB, so its colours are converted."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = look(encoded(drawn(), "PNG", icc_profile=lab))
    with Image.open(same.previews[0].path) as preview:
        assert "icc_profile" not in preview.info
        assert is_near(preview.convert("RGB").getpixel((5, 5)), RED)


@pytest.mark.parametrize("mode", ["CMYK", "L", "1", "P", "I;16"])
def test_colours_of_other_kinds_are_shown(look: Inspect, mode: str) -> None:
    picture = Image.new("I;16", (500, 400), 0x8000) if mode == "I;16" else drawn(500, 400).convert(mode)
    found = look(encoded(picture, "JPEG" if mode == "CMYK" else "PNG"))
    assert [max(one.width, one.height) for one in found.previews] == [320, 500]


def test_a_large_photograph_is_decoded_at_a_fraction(look: Inspect) -> None:
    """200 megapixels, as telephones take them. As pixels they would be 800 MB."""
    data = encoded(Image.new("L", (16_000, 12_000), 90), "JPEG", quality=10)
    found = look(data)
    assert (found.kind, found.width, found.height) == ("picture", 16_000, 12_000)
    assert [max(one.width, one.height) for one in found.previews] == [320, 960, 2048]


def test_the_preview_says_nothing_of_the_camera(look: Inspect) -> None:
    found = look(with_metadata("JPEG"))
    for one in found.previews:
        data = one.path.read_bytes()
        assert b"Secretcam" not in data
        assert data[12:16] in (b"VP8 ", b"VP8L"), "no extended header, so no room for metadata"
    assert decoded(with_metadata("JPEG")).info["icc_profile"] == profile(), "the premise"
