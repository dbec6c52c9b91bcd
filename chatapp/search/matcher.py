"""Finds the places of a query in a message: for the highlights, for the relevance, and as the last word on whether the
message matches at all. The index may be a moment behind an edit."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from chatapp.search.analyser import PlacedToken, placed_tokens
from chatapp.search.query import Term

MOST_RANGES = 200
"""Highlighted ranges in one text."""

Ranges = list[tuple[int, int]]
"""Offsets of UTF-16 code units with the end exclusive, in order and without overlaps."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where the terms are in a text and in the name of each file, and how well they fit."""

    ranges: Ranges
    score: float
    name_ranges: list[Ranges]


class _Text:
    """A text in which the terms are looked for, and the spans that were found so far."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.tokens = placed_tokens(text)
        self._places: dict[str, list[int]] = defaultdict(list)
        for at, token in enumerate(self.tokens):
            self._places[token.text].append(at)
        self._spans: list[tuple[int, int]] = []

    def find(self, term: Term) -> list[bool]:
        """For each occurrence of a term whether its last token is a whole one."""
        found = _spans_of(term, self.tokens, self._places)
        self._spans += [(start, end) for start, end, _ in found]
        return [is_whole for _, _, is_whole in found]

    @property
    def ranges(self) -> Ranges:
        return _in_utf16(self._text, _merged(self._spans)[:MOST_RANGES])


def match(content: str, file_names: Sequence[str], terms: Sequence[Term]) -> Match | None:
    """The places of the terms in a message's text and in the names of its files; None if one is in none of them, or if
    the message has neither."""
    if not content and not file_names:
        return None
    if not terms:
        return Match([], 0.0, [[] for _ in file_names])
    texts = [_Text(text) for text in (content, *file_names)]
    score = 0.0
    for term in terms:
        found = [is_whole for text in texts for is_whole in text.find(term)]
        if not found:
            return None
        score += sum(1.0 if is_whole else 0.5 for is_whole in found) / len(found) + log2(1 + len(found))
    score /= 1 + log2(1 + sum(len(text.tokens) for text in texts))
    return Match(texts[0].ranges, score, [text.ranges for text in texts[1:]])


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
