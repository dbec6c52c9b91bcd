"""The language of searches: words, beginnings of words, phrases in quotes, and filters such as `from:alice`.

A word that ends in `*`, and the last word while it may still be typed, is found as the beginning of a word too. All
words and filters must apply; of several `from:` or `in:` one must.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from chatapp.errors import InvalidInput
from chatapp.search.analyser import Run, folded, runs_of

MOST_TERMS = 16
"""Words and phrases in one search."""

MOST_TOKENS = 48
"""Tokens in one search: each is a lookup of its own in the index."""

_PART = re.compile(r'(?:(?P<name>[a-z]+):)?(?:"(?P<quoted>[^"]*)(?P<end>"?)|(?P<bare>[^\s"]*))')


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens that follow each other. With `is_prefix` the last one is the beginning of a token."""

    tokens: tuple[str, ...]
    is_prefix: bool


@dataclass(slots=True)
class Query:
    """What a search asks for. `after` and `before` are days: `after` begins with that day, `before` ends before it."""

    terms: list[Term] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    after: date | None = None
    before: date | None = None
    has_link: bool = False
    has_poll: bool = False
    has_file: bool = False
    is_mentioned: bool = False


def _add_after(query: Query, value: str) -> None:
    query.after = _day("after", value)


def _add_before(query: Query, value: str) -> None:
    query.before = _day("before", value)


def _add_has(query: Query, value: str) -> None:
    if value not in ("link", "poll", "file"):
        raise _refusal(f"has:{value} is not known; there are has:link, has:poll and has:file")
    query.has_link |= value == "link"
    query.has_poll |= value == "poll"
    query.has_file |= value == "file"


def _add_mentions(query: Query, value: str) -> None:
    if value != "me":
        raise _refusal(f"mentions:{value} is not known; there is mentions:me")
    query.is_mentioned = True


FILTERS: dict[str, Callable[[Query, str], None]] = {
    "from": lambda query, value: query.senders.append(value.removeprefix("@")),
    "in": lambda query, value: query.places.append(value),
    "after": _add_after,
    "before": _add_before,
    "has": _add_has,
    "mentions": _add_mentions,
}
"""What each filter does with its value."""


def parse_query(text: str) -> Query:
    """Raises InvalidInput for a filter without a good value, for too many words, and for nothing to search for."""
    query = Query()
    for part in _PART.finditer(text):
        if not part.group():
            continue
        name, value = part["name"], part["quoted"] if part["bare"] is None else part["bare"]
        if name in FILTERS:
            if not value.strip():
                raise _refusal(f"{name}: needs a value")
            FILTERS[name](query, value.strip())
            continue
        is_last = part.end() == len(text) and not part["end"]
        written = value if name is None else f"{name} {value}"
        query.terms += _terms_of(written, is_open=part["quoted"] is None and (is_last or value.endswith("*")))
    _require_bounds(query)
    return query


def _terms_of(text: str, *, is_open: bool) -> list[Term]:
    """The term of a word or a phrase; none for text without letters. `is_open`: its last word may go on."""
    runs = list(runs_of(folded(text)))
    if not runs:
        return []
    tokens = [token for run in runs[:-1] for token in run.tokens]
    last, is_prefix = _end_of(runs[-1], is_open=is_open)
    return [Term((*tokens, *last), is_prefix)]


def _end_of(run: Run, *, is_open: bool) -> tuple[list[str], bool]:
    """The tokens of a term's last run, and whether the last is a prefix. A run of a paired script may always go on: its
    last pair is enough, and a single character is found as the beginning of a pair."""
    if run.kind == "p":
        return (run.tokens, True) if len(run.text) == 1 else (run.tokens[:-1], False)
    # One letter begins too many words.
    return run.tokens, is_open and run.kind == "w" and len(run.text) > 1


def _require_bounds(query: Query) -> None:
    if len(query.terms) > MOST_TERMS or sum(len(term.tokens) for term in query.terms) > MOST_TOKENS:
        raise _refusal(f"must have at most {MOST_TERMS} words and phrases, and {MOST_TOKENS} in all of them")
    has_something = query.has_link or query.has_poll or query.has_file
    if not (query.terms or query.senders or has_something or query.is_mentioned):
        raise _refusal("must have a word, from:, has: or mentions:")


def _day(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _refusal(f"{name}: needs a day such as 2026-01-31") from None


def _refusal(reason: str) -> InvalidInput:
    return InvalidInput(f"Invalid search: {reason}.", fields={"q": reason})
