"""Finds whom the text of a message mentions: `@username`, `@group` and `@here`, but not in code."""

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from chatapp.code_ranges import code_ranges
from chatapp.username_rule import USERNAME_CHARACTERS

MOST_MENTIONS = 50
"""Mentions in one message. What looks like one beyond that is text."""

MOST_PLACES = 200
"""Places with an `@` that are looked at. Beyond them is text, so that a hostile message cannot hold up the journal."""

MOST_ONLINE = 1_000
"""With more members online, `@here` mentions all members, as `@group` does."""

GROUP = "group"
HERE = "here"

EVERYBODY = 0
"""Instead of a user's id: all members."""

_PLACE = re.compile(rf"@(\w[\w.@+-]{{0,{USERNAME_CHARACTERS - 1}}})")

_WITHOUT_SPACES = "\u2e80"
"""From here on there are the scripts that put no spaces between words, as Chinese does."""


class StoredMention(NamedTuple):
    """`start` and `end` count UTF-16 code units, as JavaScript's strings do. `target` is a user's id, GROUP or HERE."""

    start: int
    end: int
    target: int | str


def may_mention(content: str) -> bool:
    """Whether a name may begin anywhere: not for a text whose every `@` is in an address of mail."""
    return any(_may_begin(content, place.start()) for place in islice(_PLACE.finditer(content), MOST_PLACES))


def find_mentions(content: str, members: Mapping[int, str], *, is_group: bool) -> list[StoredMention]:
    """The mentions of these members, usernames by id, in the order of the text.

    A name begins and ends at the boundary of a word; of several that fit the longest counts, in either case.
    """
    reserved = (GROUP, HERE) if is_group else ()
    names: dict[str, int | str] = {name: name for name in reserved}
    for user_id, username in sorted(members.items()):
        names.setdefault(username.casefold(), user_id)
    exact: dict[str, int | str] = {username: user_id for user_id, username in members.items()}
    code = code_ranges(content)
    code_starts = [first for first, _ in code]
    found: list[StoredMention] = []
    for place in islice(_PLACE.finditer(content), MOST_PLACES):
        start = place.start()
        if len(found) == MOST_MENTIONS:
            break
        span = bisect_right(code_starts, start) - 1
        if not _may_begin(content, start) or (span >= 0 and start < code[span][1]):
            continue
        for length in range(len(place[1]), 0, -1):
            name, end = place[1][:length], start + 1 + length
            folded = name.casefold()
            target = names[folded] if folded in reserved else exact.get(name, names.get(folded))
            if target is not None and _may_end(content, end):
                found.append(StoredMention(start, end, target))
                break
    return _in_utf16(content, found)


def to_text(mentions: list[StoredMention]) -> str | None:
    """The form in which a message's row keeps its mentions; None for none."""
    return json.dumps(mentions, separators=(",", ":")) if mentions else None


def from_text(text: str | None) -> list[StoredMention]:
    return [StoredMention(*one) for one in json.loads(text)] if text else []


def _may_begin(content: str, start: int) -> bool:
    """Not within a word, an address of mail or of a page."""
    before = content[start - 1 : start]
    return not (before in ("@", "/") or _is_word(before)) or not before


def _may_end(content: str, end: int) -> bool:
    """Not before the rest of a word. In a script without spaces the rest is another word."""
    return not _is_word(content[end : end + 1])


def _is_word(character: str) -> bool:
    return character < _WITHOUT_SPACES and (character.isalnum() or character == "_")


def _in_utf16(content: str, mentions: list[StoredMention]) -> list[StoredMention]:
    """Characters beyond U+FFFF are two code units."""
    if not mentions or max(content) < "\U00010000":
        return mentions
    units = [0]
    for character in content:
        units.append(units[-1] + (2 if character >= "\U00010000" else 1))
    return [StoredMention(units[start], units[end], target) for start, end, target in mentions]
