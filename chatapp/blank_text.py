"""Tells text that shows nothing at all: spaces, line ends, zero-width characters, fillers."""

import re

_VISIBLE = re.compile(
    "[^"
    # Unicode 15's categories Z (separators), Cc (controls) and Cf (formats).
    r"\x00-\x20\x7f-\xa0\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u1680\u180e\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u2064\u2066-\u206f\u3000\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    # Drawn as nothing: Hangul's fillers, the empty Braille pattern, variation selectors, tags.
    r"\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff"
    "]"
)


def is_blank(text: str) -> bool:
    """Whether nothing of a text would be seen. An empty one is blank too."""
    if "!" <= text[:1] <= "~":
        return False  # most messages, at a tenth of what the search costs
    return _VISIBLE.search(text) is None
