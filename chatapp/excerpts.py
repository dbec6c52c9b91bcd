"""Texts of users as notifications show them: short, on one line, and without control over what is around them."""

import re

MOST_CHARACTERS = 200
RIGHT_TO_LEFT_LANGUAGES = ("ar",)

_SPOILER = re.compile(r"\|\|(?=[^\s|]).*?(?:\|\||$)", re.DOTALL)
"""With or without its end: it must not be seen either way."""
_CONTROL = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Unicode's embeddings, overrides and isolates."""
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_FIRST_STRONG_ISOLATE, _POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"


def excerpt_of(content: str, spoiler: str) -> str:
    """The beginning of a message, as it was typed. `spoiler` stands for what is hidden in it."""
    shown = _SPOILER.sub(spoiler, content[: MOST_CHARACTERS * 4])
    line = " ".join(_CONTROL.sub("", shown).split())
    return line if len(line) <= MOST_CHARACTERS else line[: MOST_CHARACTERS - 1] + "…"


def isolated(text: str, language: str) -> str:
    """A text of users within a sentence of a language, which may run in another direction."""
    line = " ".join(_CONTROL.sub("", text).split())
    if language not in RIGHT_TO_LEFT_LANGUAGES and not _RIGHT_TO_LEFT.search(line):
        return line
    return _FIRST_STRONG_ISOLATE + line + _POP_DIRECTIONAL_ISOLATE
