"""Re-encoding of pictures: what is taken, what becomes of it, and what is refused."""

import time
from typing import Any

import pytest
from PIL import Image

from chatapp.errors import PictureUnreadable, TooManyPixels, Unavailable
from chatapp.pictures import reencoding
from chatapp.pictures.reencoding import reencode
from tests.pictures import BLUE, GREEN, RED, bomb, decoded, encoded, plain, png

SIDE = 256
TOLERANCE = 6
"""How far a colour may be from what it was, of 255: JPEG and WebP are lossy."""


def colour_at(data: bytes, x: int = SIDE // 2, y: int = SIDE // 2) -> tuple[int, ...]:
    found = decoded(data).convert("RGBA").getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def is_near(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= TOLERANCE for one, other in zip(found[:3], wanted[:3], strict=True))


def animation(kind: str) -> bytes:
    others = [plain(GREEN), plain(BLUE)]
    return encoded(plain(RED), kind, save_all=True, append_images=others, duration=100)


def transparent_palette() -> Image.Image:
    picture = plain(1, mode="P")
    picture.putpalette([0, 0, 0, *RED])
    picture.paste(0, (0, 0, 150, 200))
    return picture


TAKEN: dict[str, tuple[bytes, tuple[int, ...]]] = {
    "JPEG": (encoded(plain(RED), "JPEG"), RED),
    "PNG": (encoded(plain(GREEN), "PNG"), GREEN),
    "WebP": (encoded(plain(BLUE), "WEBP"), BLUE),
    "GIF": (encoded(plain(RED), "GIF"), RED),
    "JPEG of print colours": (encoded(plain((0, 255, 255, 0), mode="CMYK"), "JPEG"), RED),
    "grey JPEG": (encoded(plain(90, mode="L"), "JPEG"), (90, 90, 90)),
    "PNG of 16 bits": (encoded(plain(0x8000, mode="I;16"), "PNG"), (128, 128, 128)),
    "PNG of one bit": (encoded(plain(1, mode="1"), "PNG"), (255, 255, 255)),
    "PNG of one pixel": (encoded(plain(BLUE, (1, 1)), "PNG"), BLUE),
    "PNG of a line": (encoded(plain(GREEN, (4000, 1)), "PNG"), GREEN),
    "animated GIF": (animation("GIF"), RED),
    "animated WebP": (animation("WEBP"), RED),
    "40 megapixels": (encoded(plain(GREEN, (8000, 5000)), "JPEG"), GREEN),
}


@pytest.mark.parametrize(("data", "colour"), TAKEN.values(), ids=TAKEN.keys())
def test_a_picture_becomes_a_small_still_square(data: bytes, colour: tuple[int, ...]) -> None:
    found = reencode(data)
    picture: Any = decoded(found)
    assert (picture.format, picture.size, picture.n_frames) == ("WEBP", (SIDE, SIDE), 1)
    assert is_near(colour_at(found), colour)


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_palette_with_transparency_stays_transparent(kind: str) -> None:
    found = reencode(encoded(transparent_palette(), kind, transparency=0))
    assert colour_at(found, x=10)[3] == 0
    assert colour_at(found, x=245)[3] == 255
    assert is_near(colour_at(found, x=245), RED)


def test_the_middle_is_kept() -> None:
    picture = plain(RED, (400, 200))
    picture.paste(GREEN, (100, 0, 300, 200))
    found = reencode(encoded(picture, "PNG"))
    assert all(is_near(colour_at(found, x, y), GREEN) for x in (16, 240) for y in (16, 240))


def test_the_camera_s_orientation_is_applied_and_all_metadata_is_gone() -> None:
    picture = plain(RED, (200, 200))
    picture.paste(BLUE, (0, 0, 200, 100))
    exif = Image.Exif()
    exif[0x0112] = 6  # the top of the picture is at its right side
    exif[0x010E] = "secret description"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    profile = b"secret profile" + bytes(200)
    data = encoded(picture, "JPEG", exif=exif, comment=b"secret comment", icc_profile=profile, xmp=b"<x>secret</x>")
    assert decoded(data).getexif().get_ifd(0x8825), "the premise: the picture says where it was taken"
    assert data.count(b"secret") == 4
    found = reencode(data)
    assert is_near(colour_at(found, x=250), BLUE)
    assert is_near(colour_at(found, x=5), RED)
    assert b"secret" not in found
    assert not dict(decoded(found).getexif())
    assert found[12:16] in (b"VP8 ", b"VP8L"), "no extended header, so no room for metadata"


@pytest.mark.parametrize("orientation", [0, 9, 65_535])
def test_an_orientation_that_does_not_exist_is_ignored(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert is_near(colour_at(reencode(encoded(plain(GREEN), "JPEG", exif=exif))), GREEN)


NOISE = encoded(Image.effect_noise((300, 300), 80), "JPEG")
REFUSED = {
    "nothing": b"",
    "text": b"hello",
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "page": b"<!doctype html><script>alert(1)</script>",
    "half a JPEG": NOISE[: len(NOISE) // 2],
    "half a PNG": encoded(Image.effect_noise((300, 300), 80), "PNG")[:20_000],
    "head of a GIF": encoded(plain(), "GIF")[:10],
    "half a WebP": encoded(Image.effect_noise((300, 300), 80), "WEBP")[:2_000],
    "PNG without pixels": png(300, 300, b""),
    "PNG without a size": png(0, 0, b""),
    "BMP": encoded(plain(), "BMP"),
    "TIFF": encoded(plain(), "TIFF"),
    "icon": encoded(plain(size=(64, 64)), "ICO"),
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage",
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_damaged_or_no_such_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PictureUnreadable):
        reencode(data)


@pytest.mark.parametrize(
    "data",
    [bomb(30_000), png(65_535, 65_535, b""), encoded(plain(0, (6400, 6400), "1"), "GIF")],
    ids=["PNG", "head alone", "GIF"],
)
def test_a_bomb_is_refused_by_its_head(data: bytes) -> None:
    assert len(data) < 200_000
    began_at = time.monotonic()
    with pytest.raises(TooManyPixels) as refused:
        reencode(data)
    assert refused.value.details == {"limit": 40_000_000}
    assert time.monotonic() - began_at < 5


@pytest.mark.slow
def test_a_webp_bomb_is_stopped_by_the_limit_of_memory() -> None:
    """Pillow's decoder of WebP takes memory for the whole picture before it says how large it is."""
    data = encoded(plain(0, (16_383, 16_383), "L"), "WEBP", lossless=True, method=0)
    assert len(data) < 1000
    with pytest.raises((PictureUnreadable, TooManyPixels)):
        reencode(data)


def test_what_follows_a_picture_is_not_kept() -> None:
    """A file that is a picture and a page, or an archive, at once."""
    polyglot = encoded(plain(GREEN), "GIF") + b"<script>alert('secret')</script>PK\x03\x04secret"
    found = reencode(polyglot)
    assert is_near(colour_at(found), GREEN)
    assert b"secret" not in found
    assert b"script" not in found


def test_a_worker_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(reencoding, "WORKER", sleeper)
    monkeypatch.setattr(reencoding, "WORKER_SECONDS", 0.3)
    began_at = time.monotonic()
    with pytest.raises(PictureUnreadable):
        reencode(encoded(plain(), "PNG"))
    assert time.monotonic() - began_at < 5


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("import sys; sys.stdout.write('<script>')", PictureUnreadable),
        ("while True: pass", PictureUnreadable),
        ("data = bytearray(10**9 * 4)", PictureUnreadable),
        ("import os; os.write(1, bytes(10**6))", PictureUnreadable),
    ],
    ids=["answers something else", "computes for ever", "takes all memory", "writes too much"],
)
def test_a_worker_that_a_picture_has_got_hold_of_is_limited(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, body: str, error: type[Exception]
) -> None:
    captured = tmp_path / "captured.py"
    captured.write_text(
        "from chatapp.pictures import worker\nworker.limit_self(1, worker.MEMORY_BYTES, worker.LARGEST_RESULT_BYTES)\n"
        f"try:\n    {body}\nexcept MemoryError:\n    raise SystemExit(3)"
    )
    monkeypatch.setattr(reencoding, "WORKER", captured)
    began_at = time.monotonic()
    with pytest.raises(error):
        reencode(encoded(plain(), "PNG"))
    assert time.monotonic() - began_at < reencoding.WORKER_SECONDS / 2, "its own limits stop it"


def test_the_worker_gets_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    curious = tmp_path / "curious.py"
    curious.write_text("import os, sys; sys.exit(3 if set(os.environ) <= {'PYTHONPATH', 'LC_CTYPE'} else 0)")
    monkeypatch.setenv("CHATAPP_SECRET_KEY", "secret")
    monkeypatch.setattr(reencoding, "WORKER", curious)
    with pytest.raises(PictureUnreadable, match="damaged"):
        reencode(encoded(plain(), "PNG"))


def test_one_picture_at_a_time_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reencoding, "QUEUE_SECONDS", 0.05)
    assert reencoding._turn.acquire(blocking=False)
    try:
        with pytest.raises(Unavailable):
            reencode(encoded(plain(), "PNG"))
    finally:
        reencoding._turn.release()
    assert reencode(encoded(plain(), "PNG"))
