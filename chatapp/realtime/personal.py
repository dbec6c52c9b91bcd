"""What concerns one user: their own devices' changes, what they share with others, and that they are typing."""

from flask import Flask

from chatapp.config import Settings
from chatapp.journal import Journal
from chatapp.notices import Typed, UserChanged
from chatapp.realtime.connections import Connections
from chatapp.realtime.engine.socketio_server import ChatServer
from chatapp.realtime.events import Events
from chatapp.realtime.own_devices import OwnDevices
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
    ) -> None:
        self.sharing = Sharing(app)
        self.own_devices = OwnDevices(app, connections, events)
        # One process serves all sockets of a SQLite file.
        self.typing = TypingRelay(journal, server, connections, events, self.sharing, publishes=not settings.is_sqlite)

    def handle(self, notice: UserChanged | Typed) -> None:
        if isinstance(notice, Typed):
            self.typing.relay(notice)
            return
        if notice.are_settings:
            self.sharing.load()
        self.own_devices.changed(notice)
