"""Films, sound, documents, texts, and what none of them is."""

import codecs
from io import BytesIO

import pytest
from PIL import Image

from tests.media.conftest import Inspect
from tests.media.films import box, film, webm
from tests.media.samples import drawn, encoded


def pdf(width: float = 595, height: float = 842, content: bytes = b"1 0 0 rg 0 0 200 842 re f") -> bytes:
    """One page, with a red bar at its left side."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %g %g]/Contents 4 0 R>>" % (width, height),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
    ]
    file = BytesIO(b"%PDF-1.7\n")
    file.seek(0, 2)
    places = []
    for number, one in enumerate(objects, 1):
        places.append(file.tell())
        file.write(b"%d 0 obj\n%s\nendobj\n" % (number, one))
    start = file.tell()
    file.write(b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places))
    file.write(b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start)
    return file.getvalue()


def test_of_a_document_the_first_page_is_shown(look: Inspect) -> None:
    found = look(pdf())
    assert (found.kind, found.content_type, found.cleaned) == ("pdf", "application/pdf", None)
    assert (found.width, found.height) == (1448, 2048)
    assert [one.height for one in found.previews] == [320, 960, 2048]
    with Image.open(found.previews[0].path) as preview:
        red, green, _ = preview.convert("RGB").getpixel((20, 160))  # type: ignore[misc]
        assert red > 200
        assert green < 60
        assert min(preview.convert("RGB").getpixel((200, 160))) > 240  # type: ignore[type-var, arg-type]


@pytest.mark.parametrize(("width", "height"), [(14_400_000, 14_400_000), (1e9, 1), (1, 14_400)])
def test_a_page_of_any_size_is_as_large_as_a_preview(look: Inspect, width: float, height: float) -> None:
    found = look(pdf(width, height))
    assert found.kind in ("pdf", "other")
    assert all(max(one.width, one.height) <= 2048 for one in found.previews)


ENCRYPTED = b"/Encrypt<</Filter/Standard/V 1/R 2/O(" + b"o" * 32 + b")/U(" + b"u" * 32 + b")/P -4>>/ID[(a)(b)]"


def test_a_document_with_a_password_is_one_without_a_preview(look: Inspect) -> None:
    found = look(pdf().replace(b"/Root 1 0 R", b"/Root 1 0 R" + ENCRYPTED))
    assert (found.kind, found.content_type, found.previews) == ("pdf", "application/pdf", ())


PLAYED = {
    "MP4": (film(), "video", "video/mp4", (1920, 1080)),
    "QuickTime": (film(b"qt  "), "video", "video/quicktime", (1920, 1080)),
    "MP4 without pictures": (film(has_pictures=False), "audio", "audio/mp4", None),
    "M4A": (film(b"M4A ", has_pictures=False), "audio", "audio/mp4", None),
    "WebM": (webm(), "video", "video/webm", (640, 360)),
    "WebM without pictures": (webm(has_pictures=False), "audio", "audio/webm", None),
    "Matroska": (b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska", "other", "video/x-matroska", None),
    "MP3 with a tag": (b"ID3\x04" + bytes(100), "audio", "audio/mpeg", None),
    "MP3": (b"\xff\xfb\x90\x64" + bytes(100), "audio", "audio/mpeg", None),
    "AAC": (b"\xff\xf1\x50\x80" + bytes(100), "audio", "audio/aac", None),
    "Opus": (b"OggS" + bytes(24) + b"OpusHead" + bytes(20), "audio", "audio/ogg", None),
    "Ogg with pictures": (b"OggS" + bytes(24) + b"\x80theora" + bytes(20), "video", "video/ogg", None),
    "FLAC": (b"fLaC" + bytes(40), "audio", "audio/flac", None),
    "WAV": (b"RIFF\x24\0\0\0WAVEfmt ", "audio", "audio/wav", None),
}


@pytest.mark.parametrize(("data", "kind", "content_type", "size"), PLAYED.values(), ids=PLAYED.keys())
def test_what_is_played_is_known_by_its_bytes(
    look: Inspect, data: bytes, kind: str, content_type: str, size: tuple[int, int] | None
) -> None:
    found = look(data, "file.txt")
    assert (found.kind, found.content_type) == (kind, content_type)
    assert (found.width, found.height) == (size or (None, None))
    assert found.previews == ()
    assert found.placeholder is None


TEXTS = {
    "words": "Grüße, 世界\n".encode(),
    "code": b"#!/bin/sh\necho hello\n",
    "page": b"<!doctype html><script>alert(1)</script>",
    "vector picture": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "UTF-16": codecs.BOM_UTF16_LE + "Grüße".encode("utf-16-le"),
    "UTF-16, the other way": codecs.BOM_UTF16_BE + "Grüße".encode("utf-16-be"),
    "UTF-8 with a mark": codecs.BOM_UTF8 + b"hello",
    "a character over the end of what is read": b"x" * 65_535 + "ü".encode(),
}


@pytest.mark.parametrize("data", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("name", ["notes.txt", "page.html", "picture.svg", "picture.png"])
def test_text_is_text_whatever_it_is_called(look: Inspect, data: bytes, name: str) -> None:
    found = look(data, name)
    assert (found.kind, found.content_type, found.previews) == ("text", "text/plain", ())


OTHERS = {
    "nothing": b"",
    "bytes": bytes(range(256)),
    "text with a zero": b"hello\0world",
    "Latin-1": "Grüße".encode("latin-1"),
    "half a character at the end": "hellü".encode()[:-1],
    "a film without a description": box(b"ftyp", b"isom", bytes(4)) + box(b"mdat", bytes(100)),
    "WebM without tracks": b"\x1a\x45\xdf\xa3\x8b\x42\x82\x84webm" + bytes(20),
    "head of a document": b"%PDF-1.7\n",
    "head of a picture": encoded(drawn(), "PNG")[:40],
    "BMP": encoded(drawn(), "BMP"),
    "TIFF": encoded(drawn(), "TIFF"),
    "program": b"\x7fELF" + bytes(100),
}


@pytest.mark.parametrize("data", OTHERS.values(), ids=OTHERS.keys())
def test_anything_else_is_only_offered_as_a_download(look: Inspect, data: bytes) -> None:
    found = look(data, "picture.png")
    assert (found.kind, found.content_type) == ("other", "application/octet-stream")
    assert (found.width, found.placeholder, found.previews, found.cleaned) == (None, None, (), None)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("letter.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("book.EPUB", "application/epub+zip"),
        ("page.html", "application/zip"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("", "application/zip"),
    ],
)
def test_a_name_tells_apart_what_is_an_archive_and_nothing_else(look: Inspect, name: str, content_type: str) -> None:
    found = look(b"PK\x03\x04" + bytes(100), name)
    assert (found.kind, found.content_type) == ("other", content_type)
