"""The rule for new usernames, and the form in which usernames are compared. docs/protocol.md says it for readers."""

import re
import unicodedata

from chatapp.blank_text import is_blank
from chatapp.lookalikes import is_of_one_script

USERNAME_CHARACTERS = 64
REMOVED_PREFIX = "!removed-"
"""Begins the usernames of people who were removed. The rule lets nobody take such a name."""
_USERNAME = re.compile(r"\w[\w.+-]*")
_WITH_AT = re.compile(r"\w[\w.@+-]*")


def new_username(text: str) -> str:
    """The form in which a new username is stored: NFKC, in small letters. Raises ValueError, saying the rule.

    No `@`: by such a name the account would be taken for that of whoever has the e-mail address, or the name in the
    directory, and their sign-in by it would go astray.
    """
    return _fitting(_USERNAME, text, "letters, digits or . _ - +")


def username_with_at(text: str) -> str:
    """As `new_username`, for a name that may have an `@`: where the name alone is the account."""
    return _fitting(_WITH_AT, text, "letters, digits or . _ - @ +")


def _fitting(allowed: re.Pattern[str], text: str, characters: str) -> str:
    # Small letters and not the case folding, which spoils names that people see: "ß" would be "ss".
    # A Turkish capital İ would become two characters.
    text = unicodedata.normalize("NFKC", text).replace("\u0130", "i").lower()
    text = unicodedata.normalize("NFKC", text)
    if not allowed.fullmatch(text) or is_blank(text):  # Hangul's fillers are letters
        raise ValueError(f"must begin with a letter or digit and go on with {characters}")
    if not is_of_one_script(text):
        raise ValueError("must have the letters of one script, such as Latin or Cyrillic letters, and not of two")
    return text


def name_key(username: str) -> str:
    """A username as it is compared: NFKC and case-folded. Names with equal keys are the same name."""
    folded = unicodedata.normalize("NFKC", username).casefold()
    return unicodedata.normalize("NFKC", folded)
