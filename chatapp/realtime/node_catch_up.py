"""What this process does when notices may have been lost: it reads what they would have said.

Everything that a notice can tell is in the database: who is online, which sessions have ended, which groups exist, how
far members have been delivered, and the messages themselves.
"""

from typing import TYPE_CHECKING

from chatapp.actions import receipts
from chatapp.actions.accounts import ended_among
from chatapp.realtime.rooms import group_room

if TYPE_CHECKING:
    from chatapp.realtime.dispatcher import Dispatcher


class NodeCatchUp:
    """Repeats harmlessly what was heard already."""

    def __init__(self, dispatcher: "Dispatcher") -> None:
        self._dispatcher = dispatcher

    def catch_up(self) -> None:
        """Needs no more than a dispatcher that is started; finds nothing to do where nobody is connected."""
        with self._dispatcher.app.app_context():
            self._end_sessions()
            self._dispatcher.tell_presence()
            for user_id in self._dispatcher.connections.user_ids():
                for standing in receipts.memberships_of(user_id):
                    self._catch_up_with(user_id, standing)

    def _end_sessions(self) -> None:
        connections = self._dispatcher.connections.all()
        ended = ended_among({one.caller.session_id for one in connections})
        for connection in connections:
            if connection.caller.session_id in ended:
                self._dispatcher.end(connection.sid, "You were signed out.")

    def _catch_up_with(self, user_id: int, standing: receipts.OwnMembership) -> None:
        number = standing.conversation_id
        # What the user has not been delivered is what may have been missed of a conversation that is new here.
        self._dispatcher.fan_out.host(number, standing.delivered)
        if standing.is_group and not self._dispatcher.is_in_room(user_id, group_room(number)):
            self._dispatcher.announce_group(number)
        self._dispatcher.fan_out.notified(number, standing.last_sequence, standing.last_sequence)
        self._dispatcher.delivery.refresh(number)
