"""Catches this process up with the database when notices may have been lost.

The database holds everything that a notice can announce: who is online, which sessions were revoked, which groups
exist, the watermarks, and the changes themselves.
"""

from collections.abc import Collection
from typing import Protocol

from flask import Flask

from chatapp.actions import stored_watermarks
from chatapp.actions.change_log import position_of_message
from chatapp.actions.sessions import revoked_among
from chatapp.realtime.connections import Connections
from chatapp.realtime.delivery import Delivery
from chatapp.realtime.fan_out import FanOut
from chatapp.realtime.group_rooms import GroupRooms
from chatapp.realtime.personal import Personal
from chatapp.realtime.usernames import Usernames


class Node(Protocol):
    """The part of the dispatcher that a catch-up uses."""

    app: Flask
    connections: Connections
    delivery: Delivery
    fan_out: FanOut
    groups: GroupRooms
    personal: Personal
    usernames: Usernames

    def publish_presence(self, user_ids: Collection[int] | None = None) -> None: ...

    def sign_out(self, sid: str, sentence: str) -> None: ...


class NodeCatchUp:
    """Handling a change twice is harmless."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def catch_up(self) -> None:
        """Brings sessions, presence and all conversations of the connected users up to date."""
        with self._node.app.app_context():
            self._sign_out_revoked()
            self._node.usernames.changed()
            self._node.personal.catch_up()
            self._node.publish_presence()
            for user_id in self._node.connections.user_ids():
                memberships = stored_watermarks.memberships_of(user_id)
                self._leave_former_groups(user_id, {membership.conversation_id for membership in memberships})
                for membership in memberships:
                    self._catch_up_with(user_id, membership)

    def _sign_out_revoked(self) -> None:
        connections = self._node.connections.all()
        revoked = revoked_among({connection.caller.session_id for connection in connections})
        for connection in connections:
            if connection.caller.session_id in revoked:
                self._node.sign_out(connection.sid, "You were signed out.")

    def _leave_former_groups(self, user_id: int, current: set[int]) -> None:
        """Leaves the rooms of groups that are not among the user's current conversations."""
        groups = self._node.groups
        for conversation_id in groups.entered_by(user_id):
            if conversation_id not in current:
                groups.memberships_changed(conversation_id, [user_id])

    def _catch_up_with(self, user_id: int, membership: stored_watermarks.OwnMembership) -> None:
        conversation_id = membership.conversation_id
        # A conversation that is new on this process starts at the user's delivered watermark: the messages after it may
        # have been missed.
        start = position_of_message(conversation_id, membership.delivered)
        self._node.fan_out.start_after(conversation_id, start)
        if membership.is_group and not self._node.groups.has_entered(user_id, conversation_id):
            self._node.groups.announce(conversation_id)
            self._node.groups.memberships_changed(conversation_id, [user_id])
        self._node.fan_out.send_changes(conversation_id, membership.revision, membership.revision)
        self._node.delivery.members_changed(conversation_id)
        self._node.delivery.refresh(conversation_id)
