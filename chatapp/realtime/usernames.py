"""Addresses people by their new username, and tells everybody who sees them of it."""

import threading
from dataclasses import replace

from flask import Flask

from chatapp import people_serializers
from chatapp.actions.sessions import Caller
from chatapp.actions.usernames import Renamed, changes_after, last_number, present_names
from chatapp.realtime.connections import Connections
from chatapp.realtime.delivery import Delivery
from chatapp.realtime.engine.socketio_server import ChatServer
from chatapp.realtime.events import Events
from chatapp.realtime.guests import Guests
from chatapp.realtime.rooms import NAMESPACE, user_room


class Usernames:
    """Handles the changes in the order of their numbers, each once, whatever the order of the notices."""

    def __init__(
        self,
        app: Flask,
        server: ChatServer,
        connections: Connections,
        delivery: Delivery,
        events: Events,
        guests: Guests,
    ) -> None:
        self._app = app
        self._server = server
        self._connections = connections
        self._delivery = delivery
        self._events = events
        self._guests = guests
        self._lock = threading.RLock()
        self._handled = 0

    def load(self) -> None:
        """Takes the present names as known, before the first client connects."""
        with self._app.app_context():
            self._handled = last_number()

    def changed(self) -> None:
        """Handles the changes that were not handled yet."""
        with self._lock, self._app.app_context():
            for renamed in changes_after(self._handled):
                self._handle(renamed)
                self._handled = renamed.number

    def refresh(self, sid: str, caller: Caller) -> Caller:
        """Gives a new connection the user's present name, which may have changed since the token was looked at. Returns
        the caller by that name. A change from now on finds the connection."""
        with self._lock, self._app.app_context():
            present = present_names({caller.user_id})[caller.user_id]
            if present == caller.username:
                return caller
            self._address([sid], present)
        return replace(caller, username=present)

    def _handle(self, renamed: Renamed) -> None:
        self._delivery.rename(renamed.user_id, renamed.new_username)
        own = self._connections.of_user(renamed.user_id)
        self._address(own, renamed.new_username)
        shape = people_serializers.renamed(renamed)
        self._events.username_changed(shape)
        self._guests.username_changed(renamed.user_id, shape)

    def _address(self, sids: list[str], username: str) -> None:
        """The connections stay in the room of the former name, to which an event may be on its way."""
        for sid in sids:
            caller = self._connections.rename(sid, username)
            client = self._server.manager.client(sid, NAMESPACE)
            if caller is not None and client is not None:
                client.user = caller
                self._server.enter_room(sid, user_room(username), namespace=NAMESPACE)
