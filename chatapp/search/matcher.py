"""Finds the places of a query in one text: for the highlights, for the relevance, and as the last word on whether the
text matches at all. The index may be a moment behind an edit."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from chatapp.search.analyser import PlacedToken, placed_tokens
from chatapp.search.query import Term

MOST_RANGES = 200
"""Highlighted ranges in one text."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where the terms are in a text, as offsets of UTF-16 code units with the end exclusive, in order and without
    overlaps; and how well they fit."""

    ranges: list[tuple[int, int]]
    score: float


def match(content: str, terms: Sequence[Term]) -> Match | None:
    """The places of the terms in a text; None if one is missing, or if the text is empty."""
    if not content:
        return None
    tokens = placed_tokens(content) if terms else []
    places = defaultdict(list)
    for at, token in enumerate(tokens):
        places[token.text].append(at)
    spans: list[tuple[int, int]] = []
    score = 0.0
    for term in terms:
        found = _spans_of(term, tokens, places)
        if not found:
            return None
        spans += [(start, end) for start, end, _ in found]
        score += sum(1.0 if is_whole else 0.5 for _, _, is_whole in found) / len(found) + log2(1 + len(found))
    score /= 1 + log2(1 + len(tokens))
    return Match(_in_utf16(content, _merged(spans)[:MOST_RANGES]), score)


def _spans_of(term: Term, tokens: Sequence[PlacedToken], places: dict[str, list[int]]) -> list[tuple[int, int, bool]]:
    """Each occurrence of a term: its start, its end, and whether its last token is a whole one."""
    *_, last = term.tokens
    if len(term.tokens) > 1:
        starts = places.get(term.tokens[0], [])
    elif term.is_prefix:
        starts = sorted(at for text, found in places.items() if text.startswith(last) for at in found)
    else:
        starts = places.get(last, [])
    found = []
    for start in starts:
        span = tokens[start : start + len(term.tokens)]
        if [token.text for token in span[:-1]] != list(term.tokens[:-1]) or len(span) < len(term.tokens):
            continue
        text = span[-1].text
        if text == last or (term.is_prefix and text.startswith(last)):
            found.append((span[0].start, _end_of(span[-1], last), text == last))
    return found


def _end_of(token: PlacedToken, wanted: str) -> int:
    """A single character of a paired script is half of its token. A word is highlighted as a whole."""
    is_half = len(wanted) == 1 and len(token.text) == 2 and token.end - token.start == 2
    return token.start + 1 if is_half else token.end


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _in_utf16(content: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Characters beyond U+FFFF are two code units, as in JavaScript's strings."""
    if content.isascii() or max(content) < "\U00010000":
        return spans
    units = [0]
    for character in content:
        units.append(units[-1] + (2 if character >= "\U00010000" else 1))
    return [(units[start], units[end]) for start, end in spans]
