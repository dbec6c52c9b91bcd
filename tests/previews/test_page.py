"""What is read of a page."""

import time

import pytest

from chatapp.previews.fetcher import PAGE
from chatapp.previews.page import Page, read_page

URL = "https://example.com/a/b"


def read(html: str | bytes, charset: str = "") -> Page:
    return read_page(html.encode() if isinstance(html, str) else html, charset, URL)


def head(*lines: str) -> str:
    return f"<!doctype html><html><head>{''.join(lines)}</head><body><title>Body</title></body></html>"


def test_open_graph_comes_first() -> None:
    found = read(
        head(
            "<title>Plain</title>",
            '<meta name="description" content="Plain words">',
            '<meta name="twitter:title" content="Card">',
            '<meta name="twitter:description" content="Card words">',
            '<meta name="twitter:image" content="card.png">',
            '<meta property="og:title" content="Graph &amp; more">',
            '<meta property="og:description" content="Graph words">',
            '<meta property="og:site_name" content="Site">',
            '<meta property="og:image" content="/graph.png">',
        )
    )
    assert found == Page("Graph & more", "Graph words", "Site", "https://example.com/graph.png")


def test_without_open_graph_a_card_of_twitter_counts() -> None:
    found = read(
        head(
            '<meta name="twitter:title" content="Card">',
            '<meta name="twitter:description" content="Words">',
            '<meta name="twitter:image:src" content="card.png">',
        )
    )
    assert found == Page("Card", "Words", "", "https://example.com/a/card.png")


def test_without_either_the_title_and_the_description_count() -> None:
    found = read(head("<title>A\n title</title>", '<META NAME=Description CONTENT="Words">'))
    assert found == Page("A\n title", "Words", "", "")


def test_names_may_be_properties_and_properties_names() -> None:
    assert read(head('<meta name="og:title" content="A">', '<meta property="description" content="B">')) == Page(
        "A", "B", "", ""
    )


def test_the_first_of_several_counts() -> None:
    assert read(
        head('<meta property="og:title" content="">', *[f'<meta property="og:title" content="{n}">' for n in "12"])
    )
    found = read(head('<meta property="og:image" content="1.png">', '<meta property="og:image" content="2.png">'))
    assert found.picture == "https://example.com/a/1.png"


def test_a_base_counts_for_the_picture() -> None:
    found = read(head('<base href="https://pictures.example.com/x/">', '<meta property="og:image" content="1.png">'))
    assert found.picture == "https://pictures.example.com/x/1.png"


@pytest.mark.parametrize("address", ["http://[", "//["])
def test_an_address_of_a_picture_that_cannot_be_read_is_none(address: str) -> None:
    assert read(head(f'<meta property="og:image" content="{address}">')).picture == ""


def test_the_body_does_not_count() -> None:
    assert read(head()).title == ""
    assert read("<html><body><title>Body</title><meta property='og:title' content='Body'>").title == ""


def test_a_page_without_a_head_counts() -> None:
    assert read("<title>Short").title == "Short"


def test_what_is_in_scripts_and_comments_does_not_count() -> None:
    html = head("<!-- <title>Comment</title> -->", "<script>'<title>Script</title>'</script>", "<title>Title</title>")
    assert read(html).title == "Title"


CYRILLIC = "\u041f\u0440\u0438\u0432\u0435\u0442"
ENCODED = {
    "header": (f"<title>{CYRILLIC}</title>".encode("cp1251"), "windows-1251"),
    "declared": (f'<meta charset="windows-1251"><title>{CYRILLIC}</title>'.encode("cp1251"), ""),
    "declared the old way": (
        f'<meta http-equiv="Content-Type" content="text/html; charset=KOI8-R"><title>{CYRILLIC}</title>'.encode(
            "koi8_r"
        ),
        "",
    ),
    "mark": (b"\xff\xfe" + f"<title>{CYRILLIC}</title>".encode("utf-16-le"), "windows-1251"),
    "nothing said": (f"<title>{CYRILLIC}</title>".encode(), ""),
    "unknown": (f"<title>{CYRILLIC}</title>".encode(), "x-user-defined"),
    "declared as what it cannot be": (f'<meta charset="utf-16"><title>{CYRILLIC}</title>'.encode(), ""),
}


@pytest.mark.parametrize(("body", "charset"), ENCODED.values(), ids=ENCODED.keys())
def test_encodings(body: bytes, charset: str) -> None:
    assert read(body, charset).title == CYRILLIC


@pytest.mark.parametrize(
    "charset",
    ["zlib_codec", "hex", "rot13", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7", "mbcs"],
)
def test_codecs_that_are_no_character_sets_are_not_used(charset: str) -> None:
    assert read("<title>\\x41+AEE-</title>", charset).title == "\\x41+AEE-"


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"\x00" * 1_000, bytes(range(256)) * 4, b"\xc3" * 1_000, b"<"])
def test_what_is_no_page_says_nothing(body: bytes) -> None:
    assert read(body).title == ""


@pytest.mark.parametrize(
    "part",
    [
        "<meta property=og:title content=x>",
        "<div>",
        "<a b='",
        "&#",
        "<title>",
        "<!--",
        "<![CDATA[",
        "<!",
        "</",
        "&amp",
        "<script>",
        "<p a" + " a" * 1_000 + ">",
        "<b><i><p>",
        "<table><tr><a>",
        "<svg><title>",
        "<title>x</title>",
        "<?x ",
        "</head",
    ],
)
def test_a_hostile_page_takes_little_time(part: str) -> None:
    started = time.perf_counter()
    read((part * (PAGE.most_bytes // len(part))).encode())
    assert time.perf_counter() - started < 3
