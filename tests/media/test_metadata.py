"""What a file says of its place and its camera is gone from what others get, and the rest stays."""

from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from chatapp.media.inspection import Media
from tests.media.conftest import Inspect
from tests.media.films import MEASURED, PICTURES, QUARTER_TURN, SOUND, film
from tests.media.samples import (
    CAMERA,
    PLANTED,
    TURNED,
    TYPES,
    animation,
    decoded,
    drawn,
    encoded,
    profile,
    with_metadata,
)


def planted_in(data: bytes) -> list[bytes]:
    return [one for one in PLANTED if one in data]


def cleaned(found: Media) -> bytes:
    assert found.cleaned is not None
    return found.cleaned.read_bytes()


def pixels(data: bytes) -> bytes:
    return decoded(data).convert("RGBA").tobytes()


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("orientation", [1, TURNED])
def test_place_and_camera_are_gone_and_every_pixel_stays(look: Inspect, kind: str, orientation: int) -> None:
    data = with_metadata(kind, orientation)
    assert CAMERA.encode() in planted_in(data), "the premise"
    assert len(planted_in(data)) >= (2 if kind == "GIF" else 3), "the premise: texts, and EXIF"
    found = look(data)
    assert planted_in(cleaned(found)) == []
    assert pixels(cleaned(found)) == pixels(data)
    assert found.kind == "picture"
    assert found.previews


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_cleaned_is_clean(look: Inspect, kind: str) -> None:
    once = look(with_metadata(kind, TURNED))
    assert look(cleaned(once)).cleaned is None


@pytest.mark.parametrize("kind", TYPES)
def test_a_picture_that_says_nothing_is_left_as_it_is(look: Inspect, kind: str) -> None:
    assert look(encoded(drawn(), kind)).cleaned is None


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_stays_one(look: Inspect, kind: str) -> None:
    data = animation(kind)
    if kind == "GIF":
        data = data[:-1] + b"\x21\xfe\x0e" + CAMERA.encode() + b"\0;"
    elif kind == "PNG":
        data += CAMERA.encode()
    else:
        length = int.from_bytes(data[4:8], "little") + 8 + 14
        data = (
            data[:4] + length.to_bytes(4, "little") + data[8:] + b"XYZ " + (14).to_bytes(4, "little") + CAMERA.encode()
        )
    picture: Any = decoded(cleaned(look(data)))
    assert (picture.n_frames, picture.info["loop"]) == (3, 0)
    assert CAMERA.encode() not in cleaned(look(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_profile_of_colours_stays(look: Inspect, kind: str) -> None:
    data = with_metadata(kind)
    assert decoded(cleaned(look(data))).info["icc_profile"] == decoded(data).info["icc_profile"] == profile()


def test_what_follows_a_picture_is_not_kept(look: Inspect) -> None:
    """A second picture with its own EXIF, as telephones append it; a page; an archive."""
    for kind in ("JPEG", "PNG", "GIF", "WEBP"):
        tail = b"<script>alert(1)</script>PK\x03\x04" + CAMERA.encode()
        assert b"script" not in cleaned(look(encoded(drawn(), kind) + tail))


def test_a_jpeg_s_thumbnail_in_its_head_is_gone(look: Inspect) -> None:
    """It shows what has been cut off of the picture since."""
    data = encoded(drawn(), "JPEG")
    assert data[2:4] == b"\xff\xe0"
    thumbnail = b"\2\2" + b"pixelpixel12"
    head = data[4 + 2 : 4 + 2 + 12] + thumbnail
    found = cleaned(look(data[:4] + (len(head) + 2).to_bytes(2, "big") + head + data[20:]))
    assert b"pixel" not in found
    assert pixels(found) == pixels(data)


@pytest.mark.parametrize("kind", TYPES)
def test_what_stands_before_the_damage_is_gone_too(look: Inspect, kind: str) -> None:
    """A file that no decoder reads is still a file that somebody sends."""
    data = with_metadata(kind)
    found = look(data[: len(data) * 2 // 3])
    if found.cleaned is not None:
        assert planted_in(cleaned(found)) == []
    else:
        assert kind in ("AVIF", "HEIF"), "their boxes must be whole to be walked"


FILMS: dict[str, Callable[..., bytes]] = {
    "MP4": lambda **options: film(b"isom", **options),
    "QuickTime": lambda **options: film(b"qt  ", **options),
    "long offsets": lambda **options: film(b"mp42", offsets=b"co64", **options),
}


@pytest.mark.parametrize("make", FILMS.values(), ids=FILMS.keys())
def test_a_film_says_no_place_any_more_and_plays_the_same(look: Inspect, make: Callable[..., bytes]) -> None:
    data = make()
    assert len(planted_in(data)) == 2, "the premise"
    assert all(one in data for one in MEASURED)
    found = look(data)
    result = cleaned(found)
    assert planted_in(result) == []
    assert not any(one in result for one in MEASURED)
    assert PICTURES + SOUND in result
    assert len(result) == len(data), "every offset in it still holds"
    assert (found.kind, found.width, found.height) == ("video", 1920, 1080)
    assert look(result).cleaned is None


def test_a_film_without_a_place_is_left_as_it_is(look: Inspect) -> None:
    assert look(film(has_metadata=False).replace(b"udta", b"free").replace(CAMERA.encode(), bytes(14))).cleaned is None


def test_a_film_that_was_held_upright_is_upright(look: Inspect) -> None:
    found = look(film(matrix=QUARTER_TURN))
    assert (found.width, found.height) == (1080, 1920)


def test_heic_keeps_an_exif_that_can_be_read(look: Inspect) -> None:
    with Image.open(look(with_metadata("HEIF")).cleaned) as picture:  # type: ignore[arg-type]
        assert not dict(picture.getexif().get_ifd(0x8825))
