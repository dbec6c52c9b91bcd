"""What changes outside of conversations. It mostly concerns one user: their own devices' changes, what they share with
others and with whom, what they show of themselves, and that they are typing."""

from collections.abc import Callable

from flask import Flask

from chatapp.actions.usernames import usernames_of
from chatapp.config import Settings
from chatapp.journal import Journal
from chatapp.notices import BlockChanged, ProfileChanged, RetentionChanged, Typed, UserChanged
from chatapp.realtime.connections import Connections
from chatapp.realtime.engine.socketio_server import ChatServer
from chatapp.realtime.events import Events
from chatapp.realtime.guests import Guests
from chatapp.realtime.own_devices import OwnDevices
from chatapp.realtime.presence import PresenceUpdate
from chatapp.realtime.profiles import Profiles
from chatapp.realtime.retention import Retention
from chatapp.realtime.sharing import Sharing
from chatapp.realtime.typing import TypingRelay


class Personal:
    """Creates the parts, and hands notices to them."""

    def __init__(
        self,
        app: Flask,
        settings: Settings,
        journal: Journal,
        server: ChatServer,
        connections: Connections,
        events: Events,
        is_online: Callable[[int], bool],
    ) -> None:
        self._app, self._connections, self._events, self._is_online = app, connections, events, is_online
        self.sharing = Sharing(app)
        self.guests = Guests(app, server, connections, events)
        self.profiles = Profiles(app, events, self.guests, server.start_background_task)
        self.own_devices = OwnDevices(app, connections, events)
        self.retention = Retention(app, events)
        # One process serves all sockets of a SQLite file.
        publishes = not settings.is_sqlite
        self.typing = TypingRelay(journal, server, connections, events, self.sharing, self.guests, publishes=publishes)

    def load(self) -> None:
        """Reads what is known without a query later, before the first client connects."""
        self.sharing.load()
        self.profiles.load()
        self.retention.load()

    def catch_up(self) -> None:
        """Reads it again, and sends what has changed, when notices may have been lost."""
        self.sharing.load()
        self.profiles.publish()
        self.retention.publish()

    def online_status(self, updates: list[PresenceUpdate]) -> None:
        """Tells who came online or went offline, but not those who block each other."""
        hidden = self.sharing.hidden_from
        open_updates = [(one.username, one.is_online) for one in updates if one.user_id not in hidden]
        if open_updates:
            self._events.online_status(open_updates)
        for update in updates:
            if update.user_id in hidden:
                others = [sid for user_id in hidden[update.user_id] for sid in self._connections.of_user(user_id)]
                self._events.online_status_but(update.username, update.is_online, others)
        self.guests.online_status(updates, hidden)

    def handle(self, notice: UserChanged | ProfileChanged | Typed | BlockChanged | RetentionChanged) -> None:
        if isinstance(notice, Typed):
            self.typing.relay(notice)
            return
        if isinstance(notice, ProfileChanged):
            self.profiles.changed(notice.user_id)
            return
        if isinstance(notice, BlockChanged):
            self._tell_both(notice)
            return
        if isinstance(notice, RetentionChanged):
            self.retention.publish()
            return
        if notice.are_settings:
            self.sharing.load()
        self.own_devices.changed(notice)

    def _tell_both(self, notice: BlockChanged) -> None:
        """Each of two people now sees the other as offline, or again as they are."""
        self.sharing.load()
        pair = (notice.user_id, notice.other_id)
        if not any(map(self._connections.has_user, pair)):
            return
        with self._app.app_context():
            names = usernames_of(set(pair))
        for viewer, seen in (pair, pair[::-1]):
            if not self.guests.sees(viewer, seen):
                continue
            is_online = seen not in self.sharing.hidden_from.get(viewer, ()) and self._is_online(seen)
            self._events.online_status_to(names[seen], is_online, names[viewer])
