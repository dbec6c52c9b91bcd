"""The analyser: turns text into the tokens that the index holds, the same on both databases.

Text is folded (Unicode's NFKC, case, accents), then cut into tokens. A word of letters and digits is one token. Scripts
that put no space between words (Chinese, Japanese, Thai and the like), and Korean, whose words have endings, are cut
into overlapping pairs of characters; the last character of such a run is one more token. So any two characters are
found by one token, and one character by all tokens that begin with it. An emoji or another symbol is a token.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_TOKEN = 64
"""Characters of a word that count. Longer ones are hashes and keys."""

_SEPARATORS = {code: " " for code in range(128) if not chr(code).isalnum()}
"""For `str.translate` of text in ASCII."""

_PAIRED = re.compile(
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\uaa60-\uaa7f"  # Myanmar
    "\u1100-\u11ff\uac00-\ud7ff"  # Hangul
    "\u1780-\u17ff"  # Khmer
    "\u1950-\u19df"  # Tai Le, New Tai Lue
    "\u1a20-\u1aaf"  # Tai Tham
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u302f\u3038-\u303c\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han
    "\U00020000-\U0003ffff"
    "\u3041-\u30ff\u31f0-\u31ff\U0001b000-\U0001b16f"  # Hiragana, Katakana
    "\u3100-\u312f\u31a0-\u31bf"  # Bopomofo
    "\ua000-\ua48f"  # Yi
    "]"
)

_STROKES = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ŀ": "l"}
"""Letters whose mark Unicode does not take apart."""


class _FoldTable(dict[int, int | str | None]):
    """For `str.translate`: None for an accent and for a character without a form, itself for everything else."""

    def __missing__(self, code: int) -> int | str | None:
        character = chr(code)
        folded: int | str | None = code
        if _is_accent(character) or unicodedata.category(character) == "Cf" or 0xFE00 <= code <= 0xFE0F:
            folded = None
        elif character in _STROKES:
            folded = _STROKES[character]
        self[code] = folded
        return folded


def _is_accent(character: str) -> bool:
    """Whether a mark may be left out: those above, below and through Latin, Greek and Cyrillic letters, and the points
    of Hebrew, Arabic and Syriac. The vowel signs of Indic scripts and the voicing marks of Kana stay."""
    combining = unicodedata.combining(character)
    return combining == 1 or combining >= 200 or 10 <= combining <= 36


class _ClassTable(dict[int, str]):
    """For `str.translate`: the class of a character. w: of a word; p: of a paired script; s: a symbol; space: none."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if category[0] not in "LMN":
            found = "s" if category == "So" else " "
        else:
            found = "p" if _PAIRED.match(character) else "w"
        self[code] = found
        return found


_FOLD = _FoldTable()
_CLASSES = _ClassTable()
_RUN = re.compile("w+|p+|s")


def folded(text: str) -> str:
    """Text without case, accents, and differences of compatibility: `Ｃａｆé` is `cafe`."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFKC", apart.translate(_FOLD))


@dataclass(frozen=True, slots=True)
class Run:
    """A run of folded text: a word, a symbol, or characters of a paired script. `start` is its offset."""

    kind: str
    text: str
    start: int

    @property
    def tokens(self) -> list[str]:
        if self.kind != "p":
            return [self.text[:LONGEST_TOKEN]]
        return [self.text[at : at + 2] for at in range(len(self.text))]


def runs_of(text: str) -> Iterator[Run]:
    """The runs of a folded text, in order."""
    for match in _RUN.finditer(text.translate(_CLASSES)):
        start, end = match.span()
        yield Run(match.group()[0], text[start:end], start)


def tokens_of(text: str) -> list[str]:
    """The tokens of a text as it was written, in order."""
    plain = folded(text)
    if plain.isascii():
        words = plain.translate(_SEPARATORS).split()
        is_long = len(max(words, key=len, default="")) > LONGEST_TOKEN
        return [word[:LONGEST_TOKEN] for word in words] if is_long else words
    return [token for run in runs_of(plain) for token in run.tokens]


@dataclass(slots=True)
class PlacedToken:
    """A token, and the part of the original text that it stands for: offsets of characters, the end exclusive."""

    text: str
    start: int
    end: int


def placed_tokens(text: str) -> list[PlacedToken]:
    """The tokens of a text as it was written, as `tokens_of`, with their places in it."""
    plain, origins = _folded_with_origins(text)
    placed: list[PlacedToken] = []
    for run in runs_of(plain):
        step = run.start
        for token in run.tokens:
            length = len(run.text) if run.kind == "w" else len(token)
            placed.append(PlacedToken(token, origins[step][0], origins[step + length - 1][1]))
            step += 1
    return placed


def _folded_with_origins(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text, and for each of its characters the start and end of what it comes from."""
    if text.isascii():
        return text.lower(), [(at, at + 1) for at in range(len(text))]
    parts: list[str] = []
    origins: list[tuple[int, int]] = []
    for start, end in _clusters(text):
        part = folded(text[start:end])
        parts.append(part)
        origins += [(start, end)] * len(part)
    return "".join(parts), origins


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """The places of the shortest parts that fold by themselves, in order."""
    start = 0
    for at in range(1, len(text)):
        if not _joins(text[at]):
            yield start, at
            start = at
    if text:
        yield start, len(text)


def _joins(character: str) -> bool:
    """Whether a character may compose with the one before it: a mark, and the vowels and ends of Hangul's syllables.

    One that folds to nothing joins too, because the characters around it may compose.
    """
    if character.isascii():
        return False
    first = unicodedata.normalize("NFKD", character)[0]
    is_mark = unicodedata.category(first)[0] == "M"
    return is_mark or "\u1160" <= first <= "\u11ff" or not folded(character)
