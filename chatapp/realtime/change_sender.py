"""Sends one change of a conversation to those who are in it."""

from flask import Flask

from chatapp import serializers
from chatapp.actions.change_log import Change, DetailsChange, MembersChange
from chatapp.actions.memberships import joined_since
from chatapp.actions.message_updates import MessageUpdate
from chatapp.actions.messages import ALL_DELIVERED
from chatapp.journal import StoredMessage
from chatapp.models.conversation import other_of
from chatapp.poll_serializers import with_own_vote
from chatapp.realtime.connections import Connections
from chatapp.realtime.delivery import Delivery
from chatapp.realtime.events import Events
from chatapp.realtime.group_rooms import GroupRooms
from chatapp.realtime.rooms import group_room, user_room


class ChangeSender:
    """Called by `FanOut`, once for each change, in the order of revisions."""

    def __init__(
        self, app: Flask, events: Events, delivery: Delivery, connections: Connections, groups: GroupRooms
    ) -> None:
        self._app = app
        self._events = events
        self._delivery = delivery
        self._connections = connections
        self._groups = groups

    def send(self, conversation_id: int, change: Change) -> None:
        """Sends a change. Raises if the database cannot be read; then the change counts as not sent."""
        match change:
            case StoredMessage():
                self._send_message(change)
                return
            case MessageUpdate():
                self._send_update(change)
                return
            case MembersChange():
                self._groups.members_changed(conversation_id, change)
            case DetailsChange() if change.direct_key is not None:
                self._send_to_both(change, change.direct_key)
                return
            case DetailsChange():
                pass
        wire = serializers.change(change, str(conversation_id), is_group=True, lowest=ALL_DELIVERED)
        self._events.changed(wire, conversation_id)

    def _send_message(self, stored: StoredMessage) -> None:
        watermarks = self._delivery.track(stored)
        wire = serializers.message(stored, delivered=watermarks.is_delivered(stored.sender_id, stored.sequence))
        if stored.is_group:
            rooms = [group_room(stored.conversation_id)]
        else:
            # The receiver first, since the ack waits for the receiver's confirmation.
            rooms = [user_room(stored.receiver), user_room(stored.sender)]
        confirm_in = self._delivery.confirm_in
        sequence = stored.sequence
        # A confirmation counts for the user of its connection, whatever username it carries.
        self._events.message_sent(wire, rooms, lambda client: confirm_in(watermarks, client.user.user_id, sequence))

    def _send_update(self, change: MessageUpdate) -> None:
        """Sends an update to those members who may see the message. Others learn of the revision by their next sync."""
        if change.direct_key is None:
            wire = serializers.change(change, str(change.conversation_id), is_group=True, lowest=ALL_DELIVERED)
            hidden_from = set(self._joined_later(change))
            voters = [one for one in change.voters if hidden_from.isdisjoint(self._connections.of_user(one.user_id))]
            # Only the voters are told of their votes, so that all others receive one encoding, anonymous or not.
            told = [sid for one in voters for sid in self._connections.of_user(one.user_id)]
            self._events.changed(wire, change.conversation_id, skipped=[*hidden_from, *told])
            for one in voters:
                self._events.changed_for_user(with_own_vote(wire, one.options), one.username)
            return
        for username in set(change.direct_key.split(" ")):
            receiver = other_of(change.direct_key, username)
            wire = serializers.change(change, receiver, is_group=False, lowest=ALL_DELIVERED)
            own = [one.options for one in change.voters if one.username == username]
            self._events.changed_for_user(with_own_vote(wire, own[0]) if own else wire, username)

    def _send_to_both(self, change: DetailsChange, key: str) -> None:
        for username in set(key.split(" ")):
            wire = serializers.change(change, other_of(key, username), is_group=False, lowest=ALL_DELIVERED)
            self._events.changed_for_user(wire, username)

    def _joined_later(self, change: MessageUpdate) -> list[str]:
        """The connections of members who joined after the message and do not see what was before."""
        if change.shares_history:
            return []
        with self._app.app_context():
            user_ids = joined_since(change.conversation_id, change.sequence)
        return [sid for user_id in user_ids for sid in self._connections.of_user(user_id)]
