"""Keeps the connections of this process in their groups' rooms, as users connect, join, leave and are removed."""

import logging
from collections import OrderedDict
from collections.abc import Collection, Iterable

from flask import Flask

from chatapp import conversation_serializers
from chatapp.actions.change_log import MembersChange, Position
from chatapp.actions.conversations import overviews_of_members
from chatapp.actions.memberships import former_members, group_to_announce, members_among, position_of_first_join
from chatapp.actions.overview import Overview
from chatapp.realtime.announced_groups import AnnouncedGroups
from chatapp.realtime.connections import Connections
from chatapp.realtime.delivery import Delivery
from chatapp.realtime.engine.socketio_server import ChatServer
from chatapp.realtime.events import Events
from chatapp.realtime.fan_out import FIRST_CHANGES, FanOut
from chatapp.realtime.rooms import NAMESPACE, group_of_room, group_room, viewers_room

log = logging.getLogger(__name__)

REMEMBERED_UNCONNECTED = 10_000
"""Remembered groups without a connected member. A notice about one of them needs no query."""


class GroupRooms:
    """Calls are idempotent, since notices are hints. The database says who is in a group."""

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
        self._unconnected: OrderedDict[int, None] = OrderedDict()

    def announce(self, conversation_id: int) -> None:
        """Adds the connections of all members to the room of a new group, then sends `newgrp`. Repeated calls send it
        once."""
        with self._app.app_context():
            name, user_ids, position = group_to_announce(conversation_id)
        self._fan_out.start_after(conversation_id, position)
        self._enter_all(conversation_id, user_ids)
        if self._announced.add(conversation_id):
            self._events.group_created(conversation_id, name)

    def memberships_changed(self, conversation_id: int, user_ids: Iterable[int]) -> None:
        """Adds those of these users who are members to the room, removes the others, and tells each user."""
        connected = [user_id for user_id in user_ids if self._connections.has_user(user_id)]
        if not connected:
            return
        with self._app.app_context():
            overviews = overviews_of_members(conversation_id, connected)
            former = former_members(conversation_id, [user_id for user_id in connected if user_id not in overviews])
            for user_id, overview in overviews.items():
                self._joined(user_id, overview)
        for user_id, (username, user_revision) in former.items():
            self.leave(user_id, conversation_id)
            self._events.changed_for_user(conversation_serializers.left(conversation_id, user_revision), username)

    def members_changed(self, conversation_id: int, change: MembersChange) -> None:
        """Applies a change of members at its place in the order of revisions: a member who left receives no later
        change, a member who joined receives all of them."""
        for member in change.members:
            if member.role is None:
                self.leave(member.user_id, conversation_id)
            else:
                self._enter_all(conversation_id, [member.user_id])
        self._delivery.members_changed(conversation_id)

    def has_connected_member(self, conversation_id: int, first: int) -> bool:
        """Whether a member of the group is connected to this process. `first` is the first revision that is to be sent.

        The notice of a group's first message may arrive before the notice of the group. Then this adds the connections
        of its members to the room.
        """
        if self._fan_out.is_known(conversation_id):
            return self._server.manager.has_room(NAMESPACE, group_room(conversation_id))
        if conversation_id in self._unconnected:
            return False
        with self._app.app_context():
            members = members_among(conversation_id, self._connections.user_ids())
            position = position_of_first_join(conversation_id, members) if members else None
        if position is None:
            self._remember_unconnected(conversation_id)
            return False
        if position.revision == 0 or self._fan_out.is_forgotten(conversation_id):
            position = Position(first - 1, None)
        elif position.revision < first - 1 - FIRST_CHANGES:
            position = Position(first - 1 - FIRST_CHANGES, None)
        self._fan_out.start_after(conversation_id, position)
        self._enter_all(conversation_id, members)
        return True

    def has_entered(self, user_id: int, conversation_id: int) -> bool:
        """Whether all connections of a user are in the group's room."""
        room = group_room(conversation_id)
        sids = self._connections.of_user(user_id)
        return all(room in self._server.manager.get_rooms(sid, NAMESPACE) for sid in sids)

    def entered_by(self, user_id: int) -> set[int]:
        """The ids of the groups whose rooms a user's connections are in."""
        rooms = {
            room
            for sid in self._connections.of_user(user_id)
            for room in self._server.manager.get_rooms(sid, NAMESPACE)
        }
        group_ids = map(group_of_room, rooms)
        return {group_id for group_id in group_ids if group_id is not None}

    def enter(self, sid: str, room: str) -> None:
        """Adds a connection to a room. Ignores a connection that has closed in the meantime."""
        try:
            self._server.enter_room(sid, room, namespace=NAMESPACE)
        except (KeyError, ValueError):
            log.debug("A connection closed before it entered a room")

    def leave(self, user_id: int, conversation_id: int) -> None:
        """Removes a user's connections from a group's rooms."""
        for sid in self._connections.of_user(user_id):
            for room in (group_room(conversation_id), viewers_room(str(conversation_id))):
                self._server.leave_room(sid, room, namespace=NAMESPACE)

    def _joined(self, user_id: int, overview: Overview) -> None:
        if overview.is_group:
            conversation_id = overview.conversation_id
            self._fan_out.start_after(conversation_id, Position(overview.revision, overview.last_sequence))
            self._enter_all(conversation_id, [user_id])
        self._events.changed_for_user(conversation_serializers.joined(overview), overview.username)

    def _enter_all(self, conversation_id: int, user_ids: Collection[int]) -> None:
        for user_id in user_ids:
            for sid in self._connections.of_user(user_id):
                self.enter(sid, group_room(conversation_id))

    def _remember_unconnected(self, conversation_id: int) -> None:
        self._unconnected[conversation_id] = None
        while len(self._unconnected) > REMEMBERED_UNCONNECTED:
            self._unconnected.popitem(last=False)
