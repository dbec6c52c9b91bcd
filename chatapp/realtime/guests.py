"""Tells guests of the people whom they see. They are in no room of everybody."""

from collections.abc import Callable, Mapping, Set

from flask import Flask

from chatapp.actions.seen_people import guests_who_read_of, seen_by_guests
from chatapp.people_shapes import ProfileShape, RenamedShape
from chatapp.realtime.connections import Connections
from chatapp.realtime.engine.socketio_server import ChatServer
from chatapp.realtime.events import Events
from chatapp.realtime.presence import PresenceUpdate
from chatapp.realtime.rooms import GUESTS, NAMESPACE


class Guests:
    """Asks the database who sees whom, so that whoever joins or leaves a group is seen or not from then on. Costs
    nothing while no guest is connected to this process."""

    def __init__(self, app: Flask, server: ChatServer, connections: Connections, events: Events) -> None:
        self._app = app
        self._server = server
        self._connections = connections
        self._events = events

    def online_status(self, updates: list[PresenceUpdate], hidden_from: Mapping[int, Set[int]]) -> None:
        """Tells each guest who came online or went offline, but not those in a block with them."""
        by_id = {update.user_id: update for update in updates}

        def tell(guest_id: int, guest: str, seen: set[int]) -> None:
            for user_id in sorted(seen - hidden_from.get(guest_id, frozenset())):
                self._events.online_status_to(by_id[user_id].username, by_id[user_id].is_online, guest)

        self._tell(set(by_id), tell)

    def profile_changed(self, user_id: int, profile: ProfileShape) -> None:
        """Tells each guest who sees the person."""
        self._tell({user_id}, lambda _, guest, __: self._events.profile_changed_to(profile, guest))

    def username_changed(self, user_id: int, renamed: RenamedShape) -> None:
        """Tells each guest who sees the person, or did. Who is removed may have left everything already."""
        if not (guests := self._connected()):
            return
        with self._app.app_context():
            found = guests_who_read_of(set(guests), user_id)
        for guest_id in found:
            self._events.username_changed_to(renamed, guests[guest_id])

    def sees(self, viewer_id: int, user_id: int) -> bool:
        """Whether a user who is connected to this process sees another one."""
        guest_ids = self._connected()
        if viewer_id not in guest_ids:
            return True
        with self._app.app_context():
            return user_id in seen_by_guests({viewer_id}, {user_id}).get(viewer_id, ())

    def _tell(self, user_ids: set[int], tell: Callable[[int, str, set[int]], None]) -> None:
        """Calls `tell` with the id and the name of each connected guest who sees some of the users, and with these."""
        guests = self._connected()
        if not guests:
            return
        with self._app.app_context():
            found = seen_by_guests(set(guests), user_ids)
        for guest_id, seen in found.items():
            tell(guest_id, guests[guest_id], seen)

    def _connected(self) -> dict[int, str]:
        """The usernames of the guests who are connected to this process, by id."""
        if not self._server.manager.has_room(NAMESPACE, GUESTS):
            return {}
        sids = [sid for sid, _ in self._server.manager.get_participants(NAMESPACE, GUESTS)]
        connections = [found for sid in sids if (found := self._connections.get(sid)) is not None]
        return {one.caller.user_id: one.caller.username for one in connections}
