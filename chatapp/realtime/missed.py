"""What this process does when notices may have been lost: it reads what they would have said.

Everything that a notice can tell is in the database: who is online, which sessions have ended, which groups exist, how
far members have been delivered, and the messages themselves.
"""

from typing import TYPE_CHECKING

from chatapp.actions import receipts
from chatapp.actions.accounts import ended_among
from chatapp.realtime.rooms import NAMESPACE, group_room

if TYPE_CHECKING:
    from chatapp.realtime.hub import Hub


class Missed:
    """Repeats harmlessly what was heard already."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub

    def catch_up(self) -> None:
        """Needs no more than a hub that is started; finds nothing to do where nobody is connected."""
        with self._hub.app.app_context():
            self._end_sessions()
            self._tell_presence()
            for user_id in self._hub.connections.user_ids():
                for standing in receipts.standings_of(user_id):
                    self._catch_up_with(user_id, standing)

    def _end_sessions(self) -> None:
        connections = self._hub.connections.all()
        ended = ended_among({one.caller.session_id for one in connections})
        for connection in connections:
            if connection.caller.session_id in ended:
                self._hub.end(connection.sid, "You were signed out.")

    def _tell_presence(self) -> None:
        for username, is_online in self._hub.presence.refresh():
            self._hub.events.online_status(username, is_online=is_online)

    def _catch_up_with(self, user_id: int, standing: receipts.Standing) -> None:
        # What the user has not been delivered is what may have been missed of a conversation that is new here.
        self._hub.outbox.host(standing.conversation_id, standing.delivered)
        if standing.is_group and self._is_outside(user_id, group_room(standing.conversation_id)):
            self._hub.announce_group(standing.conversation_id)
        self._hub.outbox.notified(standing.conversation_id, standing.last_sequence, standing.last_sequence)
        self._hub.delivery.refresh(standing.conversation_id)

    def _is_outside(self, user_id: int, room: str) -> bool:
        inside = {sid for sid, _ in self._hub.events.connections_in(room)}
        return not inside.issuperset(self._hub.connections.of_user(user_id))
