"""Who does not show others what they have read, that they are typing, or that they are online, known without a query
for each event."""

from collections.abc import Mapping, Set

from flask import Flask

from chatapp.actions.blocks import all_blocks
from chatapp.actions.sharing import hidden_readers, hidden_typists


class Sharing:
    """Read from the database at the start, and again when somebody changes their settings or blocks somebody.

    `hidden_from` has, for each user in a block, whom they neither see nor are seen by.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.hidden_readers: Set[int] = frozenset()
        self.hidden_typists: Set[int] = frozenset()
        self.hidden_from: Mapping[int, Set[int]] = {}

    def load(self) -> None:
        with self._app.app_context():
            self.hidden_readers, self.hidden_typists = hidden_readers(), hidden_typists()
            self.hidden_from = all_blocks()
