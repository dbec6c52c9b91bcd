"""Which connections of this process are in which group's room: as people connect, join, leave and are removed."""

import logging
from collections import OrderedDict
from collections.abc import Collection, Iterable

from flask import Flask

from chatapp import serializers
from chatapp.actions.change_log import MembersChange, Position
from chatapp.actions.conversations import Overview, overviews_of_members
from chatapp.actions.memberships import former_members, group_to_announce, members_among, position_of_first_join
from chatapp.realtime.announced_groups import AnnouncedGroups
from chatapp.realtime.connections import Connections
from chatapp.realtime.delivery import Delivery
from chatapp.realtime.engine.socketio_server import ChatServer
from chatapp.realtime.events import Events
from chatapp.realtime.fan_out import FIRST_CHANGES, FanOut
from chatapp.realtime.rooms import NAMESPACE, group_of_room, group_room

log = logging.getLogger(__name__)

KEPT_ELSEWHERE = 10_000
"""Groups without a member here whose next notice needs no look at the database."""


class GroupRooms:
    """What is told twice does nothing twice: notices are hints, and the database says who is in a group."""

    def __init__(
        self,
        app: Flask,
        server: ChatServer,
        connections: Connections,
        events: Events,
        fan_out: FanOut,
        delivery: Delivery,
    ) -> None:
        self._app = app
        self._server = server
        self._connections = connections
        self._events = events
        self._fan_out = fan_out
        self._delivery = delivery
        self._announced = AnnouncedGroups()
        self._elsewhere: OrderedDict[int, None] = OrderedDict()

    def announce(self, conversation_id: int) -> None:
        """Lets all members' connections into the room of a new group, then tells them; once, however often it is asked
        for."""
        with self._app.app_context():
            name, user_ids, position = group_to_announce(conversation_id)
        self._fan_out.host(conversation_id, position)
        self._enter_all(conversation_id, user_ids)
        if self._announced.is_first(conversation_id):
            self._events.group_created(conversation_id, name)

    def memberships_changed(self, conversation_id: int, user_ids: Iterable[int]) -> None:
        """Lets those of these users in who are members now, and the others out, and tells each of them so."""
        here = [user_id for user_id in user_ids if self._connections.has_user(user_id)]
        if not here:
            return
        with self._app.app_context():
            overviews = overviews_of_members(conversation_id, here)
            left = former_members(conversation_id, [one for one in here if one not in overviews])
            for user_id, overview in overviews.items():
                self._joined(user_id, overview)
        for user_id, (username, user_revision) in left.items():
            self.leave(user_id, conversation_id)
            self._events.changed_for_user(serializers.left(conversation_id, user_revision), username)

    def members_changed(self, conversation_id: int, change: MembersChange) -> None:
        """The change's place in the order of the conversation: who left gets nothing that comes after it, who joined
        all of it."""
        for member in change.members:
            if member.role is None:
                self.leave(member.user_id, conversation_id)
            else:
                self._enter_all(conversation_id, [member.user_id])
        self._delivery.members_changed(conversation_id)

    def is_hosted(self, conversation_id: int, first: int) -> bool:
        """Whether a member of a group is connected here, of which there is a change `first` to send.

        The notice of a group's first message may come before the notice of the group: then its members are let in now.
        """
        if self._fan_out.is_hosted(conversation_id):
            return self._server.manager.has_room(NAMESPACE, group_room(conversation_id))
        if conversation_id in self._elsewhere:
            return False
        with self._app.app_context():
            members = members_among(conversation_id, self._connections.user_ids())
            position = position_of_first_join(conversation_id, members) if members else None
        if position is None:
            self._note_elsewhere(conversation_id)
            return False
        if position.revision == 0 or self._fan_out.is_forgotten(conversation_id):
            position = Position(first - 1, None)
        elif position.revision < first - 1 - FIRST_CHANGES:
            position = Position(first - 1 - FIRST_CHANGES, None)
        self._fan_out.host(conversation_id, position)
        self._enter_all(conversation_id, members)
        return True

    def is_inside(self, user_id: int, conversation_id: int) -> bool:
        """Whether all of a user's connections are in a group's room."""
        room = group_room(conversation_id)
        sids = self._connections.of_user(user_id)
        return all(room in self._server.manager.get_rooms(sid, NAMESPACE) for sid in sids)

    def entered_by(self, user_id: int) -> set[int]:
        """The groups in whose rooms a user's connections are."""
        rooms = {
            room
            for sid in self._connections.of_user(user_id)
            for room in self._server.manager.get_rooms(sid, NAMESPACE)
        }
        return {number for room in rooms if (number := group_of_room(room)) is not None}

    def enter(self, sid: str, room: str) -> None:
        """The connection may have closed in the meantime; its rooms went with it."""
        try:
            self._server.enter_room(sid, room, namespace=NAMESPACE)
        except (KeyError, ValueError):
            log.debug("A connection closed before it entered its rooms")

    def leave(self, user_id: int, conversation_id: int) -> None:
        """Takes a user's connections out of a group's room."""
        for sid in self._connections.of_user(user_id):
            self._server.leave_room(sid, group_room(conversation_id), namespace=NAMESPACE)

    def _joined(self, user_id: int, overview: Overview) -> None:
        if overview.is_group:
            row = overview.row
            self._fan_out.host(row.id, Position(row.revision, row.last_sequence))
            self._enter_all(row.id, [user_id])
        self._events.changed_for_user(serializers.joined(overview), overview.username)

    def _enter_all(self, conversation_id: int, user_ids: Collection[int]) -> None:
        for user_id in user_ids:
            for sid in self._connections.of_user(user_id):
                self.enter(sid, group_room(conversation_id))

    def _note_elsewhere(self, conversation_id: int) -> None:
        self._elsewhere[conversation_id] = None
        while len(self._elsewhere) > KEPT_ELSEWHERE:
            self._elsewhere.popitem(last=False)
