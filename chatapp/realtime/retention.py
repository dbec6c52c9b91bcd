"""Tells everybody when the system keeps messages for another time."""

import threading

from flask import Flask

from chatapp.actions.installation_settings import system_days
from chatapp.realtime.events import Events


class Retention:
    """Sends the days as the database has them, if they are other than those sent last: so the last event has the
    present ones, whatever the order of the notices."""

    def __init__(self, app: Flask, events: Events) -> None:
        self._app = app
        self._events = events
        self._lock = threading.Lock()
        self._sent = 0

    def load(self) -> None:
        """Takes the present days as known, before the first client connects."""
        with self._lock:
            self._sent = self._present()

    def publish(self) -> None:
        """Sends the present days, if they have changed."""
        with self._lock:
            days = self._present()
            if days != self._sent:
                self._events.retention_changed(days)
                self._sent = days

    def _present(self) -> int:
        with self._app.app_context():
            return system_days()
