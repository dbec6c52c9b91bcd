"""What this process does when notices may have been lost: it reads what they would have said.

Everything that a notice can tell is in the database: who is online, which sessions have ended, which groups exist, how
far members have been delivered, and the messages themselves.
"""

from collections.abc import Collection
from typing import Protocol

from flask import Flask

from chatapp.actions import receipts
from chatapp.actions.accounts import revoked_among
from chatapp.actions.change_log import position_of_message
from chatapp.realtime.connections import Connections
from chatapp.realtime.delivery import Delivery
from chatapp.realtime.fan_out import FanOut
from chatapp.realtime.group_rooms import GroupRooms
from chatapp.realtime.rooms import group_room


class Node(Protocol):
    """The parts of the dispatcher that a catch-up brings up to date."""

    app: Flask
    connections: Connections
    delivery: Delivery
    fan_out: FanOut
    groups: GroupRooms

    def tell_presence(self, user_ids: Collection[int] | None = None) -> None: ...

    def end(self, sid: str, sentence: str) -> None: ...


class NodeCatchUp:
    """Repeats harmlessly what was heard already."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def catch_up(self) -> None:
        """Needs no more than a node that is started; finds nothing to do where nobody is connected."""
        with self._node.app.app_context():
            self._end_sessions()
            self._node.tell_presence()
            for user_id in self._node.connections.user_ids():
                own = receipts.memberships_of(user_id)
                self._leave_others(user_id, {group_room(one.conversation_id) for one in own})
                for one in own:
                    self._catch_up_with(user_id, one)

    def _end_sessions(self) -> None:
        connections = self._node.connections.all()
        ended = revoked_among({one.caller.session_id for one in connections})
        for connection in connections:
            if connection.caller.session_id in ended:
                self._node.end(connection.sid, "You were signed out.")

    def _leave_others(self, user_id: int, own: set[str]) -> None:
        """Leaves the rooms of groups that the user is in no more."""
        groups = self._node.groups
        for conversation_id in groups.entered_by(user_id):
            if group_room(conversation_id) not in own:
                groups.memberships_changed(conversation_id, [user_id])

    def _catch_up_with(self, user_id: int, own: receipts.OwnMembership) -> None:
        number = own.conversation_id
        # What the user has not been delivered is what may have been missed of a conversation that is new here.
        self._node.fan_out.host(number, position_of_message(number, own.delivered))
        if own.is_group and not self._node.groups.is_inside(user_id, number):
            self._node.groups.announce(number)
            self._node.groups.memberships_changed(number, [user_id])
        self._node.fan_out.notified(number, own.revision, own.revision)
        self._node.delivery.members_changed(number)
        self._node.delivery.refresh(number)
