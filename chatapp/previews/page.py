"""What a page says of itself: by Open Graph, by Twitter's cards, or by its title and description.

Any page can be anything. So the parser runs in a process with limits (`worker.py`), and is one that takes no longer
than the size of a page warrants: see docs/decisions/0049-link-previews.md.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml.etree import HTMLParser, LxmlError

TEXT_CHARACTERS = 2_000
"""Of each text of a page that are taken. What is shown is shorter."""

# Names of encodings on the web (WHATWG Encoding, section 4.2), and Python's codecs for them. No others are used: some
# of Python's codecs are no character sets, and some take very long.
_CODECS = {
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8"), "utf-8"),
    **dict.fromkeys(("us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252", "cp1252"), "cp1252"),
    **{f"iso-8859-{number}": f"iso8859_{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{f"windows-{number}": f"cp{number}" for number in (874, *range(1250, 1259))},
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "korean"), "cp949"),
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
    "utf-16": "utf-16-le",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
"""The byte order marks."""
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_.:-]{1,40})", re.IGNORECASE)
DECLARED_BYTES = 1_024
"""The beginning of a page in which it may name its encoding."""

_TITLES = ("og:title", "twitter:title")
_DESCRIPTIONS = ("og:description", "twitter:description", "description")
_SITES = ("og:site_name", "application-name")
_PICTURES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
_NAMES = {*_TITLES, *_DESCRIPTIONS, *_SITES, *_PICTURES}


@dataclass(frozen=True, slots=True)
class Page:
    """Texts as the page has them, and the address of its picture; each may be empty."""

    title: str
    description: str
    site_name: str
    picture: str


def read_page(body: bytes, charset: str, url: str) -> Page:
    """What a page at this URL says of itself. `charset` is what the server calls its encoding, if anything."""
    reader = _Reader()
    # Decoded here: what the page says of its encoding may be any of those that the library knows.
    text = _decoded(body, charset).replace("\0", "\ufffd")
    parser = HTMLParser(target=reader, encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        parser.feed(text.encode())
        parser.close()
    except (_EndOfHead, LxmlError):
        # What was before the place that cannot be read counts.
        pass
    found = reader.found
    base = urljoin(url, reader.base) if reader.base else url
    picture = _first(found, _PICTURES)
    return Page(
        _first(found, _TITLES) or reader.title,
        _first(found, _DESCRIPTIONS),
        _first(found, _SITES),
        _joined(base, picture) if picture else "",
    )


def _first(found: dict[str, str], names: tuple[str, ...]) -> str:
    return next((found[name] for name in names if found.get(name)), "")


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def _decoded(body: bytes, charset: str) -> str:
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    declared = _DECLARED.search(body[:DECLARED_BYTES])
    names = (charset, declared[1].decode() if declared else "")
    codec = next((_CODECS[name.strip().lower()] for name in names if name.strip().lower() in _CODECS), "utf-8")
    if declared and not charset and codec.startswith("utf-16"):
        # A declaration that can be read is not in UTF-16.
        codec = "utf-8"
    return body.decode(codec, "replace")


class _EndOfHead(Exception):
    """Nothing behind it counts."""


class _Reader:
    """Hears of the elements of a page. Of several with one name the first counts."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self.title = ""
        self.base = ""
        self._is_in_title = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "body":
            raise _EndOfHead
        if tag == "meta":
            name = (attributes.get("property") or attributes.get("name") or "").strip().lower()
            content = attributes.get("content", "").strip()[:TEXT_CHARACTERS]
            if name in _NAMES and content:
                self.found.setdefault(name, content)
        elif tag == "base":
            self.base = self.base or attributes.get("href", "")
        self._is_in_title = tag == "title" and not self.title

    def end(self, tag: str) -> None:
        if tag == "head":
            raise _EndOfHead
        self._is_in_title = False

    def data(self, text: str) -> None:
        if self._is_in_title:
            self.title = (self.title + text)[:TEXT_CHARACTERS]

    def close(self) -> None:
        """Called at the end of the page."""
