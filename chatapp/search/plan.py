"""What a finder is asked for: a query whose names and days are resolved for its caller."""

from dataclasses import dataclass
from typing import NamedTuple

from chatapp.search.query import Term

SECONDS = 2.0
"""How long one search may run."""


class FoundRow(NamedTuple):
    """A message that was found, with the names of its files in one text, the direct key of its conversation (None: a
    group), and the last sequence of it that is hidden from the user."""

    conversation_id: int
    sequence: int
    content: str
    names: str
    created_at: int
    direct_key: str | None
    hidden_up_to: int


Place = tuple[int, int, int]
"""A message's creation time, conversation id and sequence: the order of hits, newest first."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`count` messages, newest first, that have all of the terms, one of the senders (if any are given), a link (if
    `has_link`), a poll (if `has_poll`), a file (if `has_file`) and a mention of the user by somebody else (if
    `is_mentioned`), among those that the user may see. `since` (inclusive) and `until` (exclusive) are microseconds
    since 1970. `before` is the last place of the page before."""

    user_id: int
    terms: tuple[Term, ...]
    sender_ids: tuple[int, ...] | None
    conversation_ids: frozenset[int] | None
    has_link: bool
    has_poll: bool
    has_file: bool
    is_mentioned: bool
    since: int | None
    until: int | None
    before: Place | None
    count: int

    @property
    def is_of_files(self) -> bool:
        """Whether files are asked for and no words: then their own table says which messages have some."""
        return self.has_file and not self.terms and not self.has_link


class Overrun(Exception):
    """The search has run for longer than SECONDS."""
