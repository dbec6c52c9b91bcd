"""Who does not show others what they have read, or that they are typing, known without a query for each event."""

from collections.abc import Set

from flask import Flask

from chatapp.actions.sharing import hidden_readers, hidden_typists


class Sharing:
    """Read from the database at the start, and again when somebody changes their settings."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.hidden_readers: Set[int] = frozenset()
        self.hidden_typists: Set[int] = frozenset()

    def load(self) -> None:
        with self._app.app_context():
            self.hidden_readers, self.hidden_typists = hidden_readers(), hidden_typists()
