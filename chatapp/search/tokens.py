"""The tokens of a message in the index: those of its text and of its files' names, and some that no text has."""

import re
from collections.abc import Iterable

from chatapp.search.analyser import tokens_of

_LINK = re.compile(r"\bhttps?://[^\s]", re.IGNORECASE)

LINK = "\U00100000"
"""The message has a link. Private-use characters are no part of any token of a text."""

FILE = "\U00100001"
"""The name of a file follows. So no phrase reaches from the text into a name, nor from one name into the next."""

_FIRST_SENDER = 0xF0000
_SENDERS = 0xFFFD
"""Characters in the private-use plane 15. Senders beyond that have two of them."""


def sender_token(user_id: int) -> str:
    """The token of a sender: one character for most, since the index also holds the first two of longer tokens."""
    token = ""
    while True:
        token = chr(_FIRST_SENDER + user_id % _SENDERS) + token
        user_id //= _SENDERS
        if user_id == 0:
            return token


def message_tokens(content: str, sender_id: int, file_names: Iterable[str]) -> list[str]:
    """The tokens of a message: those of its text in order, those of its filters, and those of its files' names."""
    tokens = tokens_of(content)
    tokens.append(sender_token(sender_id))
    if "://" in content and _LINK.search(content):
        tokens.append(LINK)
    for name in file_names:
        tokens += [FILE, *tokens_of(name)]
    return tokens
