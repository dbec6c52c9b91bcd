"""Finds the links in the text of a message that get a preview, by the rules of the client's Markdown."""

import re
from itertools import islice

from chatapp.code_ranges import code_ranges
from chatapp.previews.guard import Refused, target_of

MOST_LINKS = 3
"""Of one message that get a preview."""

MOST_PLACES = 20
"""Places with an address that are looked at. Most of them are previewed, and the others are repeats."""

_PLACE = re.compile(r"(?<![^\W_])https?://[^\s<>\"`\\]+", re.IGNORECASE)
_END = re.compile(r"\|\||~~|[\u3000-\u303f\uff00-\uff0f\uff1a-\uff20]")
"""What ends a bare address: a spoiler's or a strike's mark, and the punctuation of Chinese and Japanese."""
_AFTER = ".,;:!?'*_&"
"""At the end of a bare address these belong to the sentence."""
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_CLOSING = set(_BRACKETS.values())
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_SPOILER = "||"


def may_have_links(content: str) -> bool:
    """Whether to look for links at all. What most messages cost."""
    return "://" in content


def links_in(content: str) -> list[str]:
    """The first addresses of pages in a text, MOST_LINKS at most, without repeats.

    Those in code and in spoilers do not count, and neither do those that the guard refuses as they stand.
    """
    if not may_have_links(content):
        return []
    found: list[str] = []
    shown = "\n\n".join(map(_without_spoilers, _PARAGRAPHS.split(_without_code(content))))
    for place in islice(_PLACE.finditer(shown), MOST_PLACES):
        address = _address(place[0], is_destination=shown[: place.start()].endswith("]("))
        if address not in found and _is_allowed(address):
            found.append(address)
        if len(found) == MOST_LINKS:
            break
    return found


def _without_code(content: str) -> str:
    """The text without its code spans and its blocks of code, fenced or indented."""
    kept, at = [], 0
    for start, end in code_ranges(content):
        kept.append(content[at:start])
        at = end
    lines, is_code_possible = [], True
    for line in " ".join([*kept, content[at:]]).split("\n"):
        is_indented = line.startswith(("    ", "\t"))
        is_code_possible = not line.strip() or (is_code_possible and is_indented)
        lines.append("" if is_code_possible else line)
    return "\n".join(lines)


def _without_spoilers(paragraph: str) -> str:
    """A paragraph without everything from its first mark of a spoiler to its last one: which of several marks belong
    together depends on what is around them, and a mistake would show what somebody hid."""
    start, end = paragraph.find(_SPOILER), paragraph.rfind(_SPOILER)
    return paragraph if start == end else f"{paragraph[:start]} {paragraph[end + len(_SPOILER) :]}"


def _address(text: str, *, is_destination: bool) -> str:
    """An address without what follows it: the bracket that closes before it opened, and the sentence's marks."""
    if not is_destination and (end := _END.search(text)):
        text = text[: end.start()]
    text = _up_to_bracket(text)
    return text if is_destination else text.rstrip(_AFTER)


def _up_to_bracket(text: str) -> str:
    open_brackets: list[str] = []
    for at, character in enumerate(text):
        if character in _BRACKETS:
            open_brackets.append(_BRACKETS[character])
        elif character in _CLOSING and (not open_brackets or open_brackets.pop() != character):
            return text[:at]
    return text


def _is_allowed(address: str) -> bool:
    try:
        target_of(address)
    except Refused:
        return False
    return True
