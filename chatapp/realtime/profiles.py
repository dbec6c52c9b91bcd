"""Tells everybody who sees a person of the changes of their profile."""

import threading
import time
from collections.abc import Callable, Collection

from flask import Flask

from chatapp import people_serializers
from chatapp.actions.profile import changed_profiles
from chatapp.realtime.events import Events
from chatapp.realtime.guests import Guests
from chatapp.realtime.outages import retry_during_outage

INTERVAL_SECONDS = 0.2
"""Shortest interval between two rounds of events. Each goes to everybody, and a person may change theirs any time."""


class Profiles:
    """Sends each profile as the database has it, if it is newer than what was sent: the notices of two processes about
    one person may arrive in either order."""

    def __init__(
        self, app: Flask, events: Events, guests: Guests, start: Callable[[Callable[[], None]], object]
    ) -> None:
        self._app = app
        self._events = events
        self._guests = guests
        self._start = start
        self._lock = threading.Lock()
        self._waiting: set[int] = set()
        self._is_running = False
        self._publish_lock = threading.Lock()
        self._sent: dict[int, int] = {}
        """The revisions that clients of this process have been sent, or can have fetched when they connected."""

    def load(self) -> None:
        """Takes the present state as known, before the first client connects."""
        with self._app.app_context():
            self._sent = {profile.user_id: profile.revision for profile in changed_profiles()}

    def changed(self, user_id: int) -> None:
        """Sends the user's profile now, or within INTERVAL_SECONDS of the last round."""
        with self._lock:
            self._waiting.add(user_id)
            if self._is_running:
                return
            self._is_running = True
        self._start(self._run)

    def publish(self, user_ids: Collection[int] | None = None) -> None:
        """Sends the profiles of these users, or of all, that are newer than what was sent."""
        with self._publish_lock, self._app.app_context():
            for profile in changed_profiles(user_ids):
                if profile.revision > self._sent.get(profile.user_id, 0):
                    shape = people_serializers.profile(profile)
                    self._events.profile_changed(shape)
                    self._guests.profile_changed(profile.user_id, shape)
                    self._sent[profile.user_id] = profile.revision

    def _run(self) -> None:
        while user_ids := self._take():
            retry_during_outage(self.publish, user_ids)
            time.sleep(INTERVAL_SECONDS)

    def _take(self) -> set[int]:
        with self._lock:
            user_ids, self._waiting = self._waiting, set()
            self._is_running = bool(user_ids)
            return user_ids
