"""Tells text that looks alike, by Unicode's confusables data, and in which script a text is written (UTS 39)."""

import unicodedata
from bisect import bisect_right
from functools import cache, reduce
from pathlib import Path

_SKELETON_CHARACTERS = 255
"""As many are kept and compared. An index of PostgreSQL takes no more than 2,700 bytes."""
_ALL = frozenset({"Zyyy", "Zinh"})
"""The codes of characters that go with every script."""
_WRITTEN_WITH = {
    "Hani": {"Hanb", "Jpan", "Kore"},
    "Hira": {"Jpan"},
    "Kana": {"Jpan"},
    "Bopo": {"Hanb"},
    "Hang": {"Kore"},
}
"""UTS 39, section 5.1: Chinese, Japanese and Korean are written in several scripts at once."""
_WITH_LATIN = frozenset({"Hanb", "Jpan", "Kore"})
"""UTS 39, section 5.2, "Highly Restrictive": these may be mixed with Latin letters."""


def skeleton(text: str) -> str:
    """What a text looks like: two texts with equal skeletons can be taken for each other.

    Letters in either case count as alike, so that a zero, which looks like O, also looks like o. It is for comparing
    only.
    """
    text = _folded(text)
    # A prototype may be a capital, whose small letter has a prototype in turn.
    while (prototype := _folded(text.translate(_prototypes()))) != text:
        text = prototype
    return text[:_SKELETON_CHARACTERS]


def display_skeleton(text: str) -> str:
    """As `skeleton`, for names that keep their case: a capital I looks like a small L, and spaces do not count."""
    # Of a capital that looks like another, such as a Greek Beta, the small letter may look different.
    seen = unicodedata.normalize("NFKC", text).translate(_prototypes())
    return "".join(skeleton(seen).replace("i", "l").split())


def is_of_one_script(text: str) -> bool:
    """Whether a text is in one script, or in a usual mix: Han with Japanese syllables, Bopomofo or Hangul, and these
    with Latin letters."""
    used = [scripts for scripts in map(_scripts_of, text) if scripts is not None]
    if not used or _common(used):
        return True
    return bool(_common([scripts for scripts in used if "Latn" not in scripts]) & _WITH_LATIN)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())


def _common(scripts: list[frozenset[str]]) -> frozenset[str]:
    return reduce(frozenset.intersection, scripts)


def _scripts_of(character: str) -> frozenset[str] | None:
    """The codes of the scripts that a character is used in; None for all."""
    starts, ends, scripts = _script_ranges()
    point = ord(character)
    index = bisect_right(starts, point) - 1
    found = scripts[index] if index >= 0 and point <= ends[index] else frozenset({"Zzzz"})
    return None if found & _ALL else found


@cache
def _rows() -> list[list[str]]:
    lines = Path(__file__).with_name("unicode_tables.txt").read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


@cache
def _prototypes() -> dict[int, str]:
    """What each character looks like, by its code point; characters that are drawn as nothing, by the empty text."""
    found: dict[int, str] = {}
    for kind, *points in _rows():
        if kind == "confusable":
            found[int(points[0], 16)] = "".join(chr(int(point, 16)) for point in points[1:])
        elif kind == "ignorable":
            first, last = (int(point, 16) for point in points)
            found.update(dict.fromkeys(range(first, last + 1), ""))
    return found


@cache
def _script_ranges() -> tuple[list[int], list[int], list[frozenset[str]]]:
    """The first and last code points of ranges, in order, and the scripts of each."""
    rows = [points for kind, *points in _rows() if kind == "script"]
    scripts = [frozenset(names).union(*(_WRITTEN_WITH.get(name, ()) for name in names)) for _, _, *names in rows]
    return [int(row[0], 16) for row in rows], [int(row[1], 16) for row in rows], scripts
