"""Tells a user's own connections of changes that concern nobody else: preferences and settings."""

from flask import Flask

from chatapp import personal_serializers
from chatapp.actions.personal_changes import personal_changes
from chatapp.actions.usernames import usernames_of
from chatapp.notices import UserChanged
from chatapp.realtime.connections import Connections
from chatapp.realtime.events import Events


class OwnDevices:
    """Reads the changes from the database, which costs nothing for a user without a connection to this process."""

    def __init__(self, app: Flask, connections: Connections, events: Events) -> None:
        self._app = app
        self._connections = connections
        self._events = events

    def changed(self, notice: UserChanged) -> None:
        """Sends the user's changes from this revision on. A change that was sent before is harmless."""
        user_id = notice.user_id
        if not self._connections.has_user(user_id):
            return
        with self._app.app_context():
            changes, _ = personal_changes(user_id, notice.user_revision - 1)
            username = usernames_of({user_id})[user_id]
        for change in changes:
            self._events.changed_for_user(personal_serializers.personal_change(change), username)
