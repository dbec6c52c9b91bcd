"""Who is typing: passed on to the connections that look at that conversation now, and stored nowhere.

A client says which conversation it looks at (`look`), and that its user is typing (`typing`). Neither costs a query but
where a guest is told: whether a connection may look at a group is known by its rooms.
"""

from chatapp.actions.sessions import Caller
from chatapp.clock import monotonic
from chatapp.errors import NotAMember
from chatapp.journal import Journal, Transaction
from chatapp.models.conversation import direct_key, parse_conversation_id
from chatapp.models.user import SEE_FEW
from chatapp.notices import Typed
from chatapp.personal_payloads import Look, Typing
from chatapp.realtime.connections import Connection, Connections
from chatapp.realtime.engine.socketio_server import ChatServer
from chatapp.realtime.events import Events
from chatapp.realtime.guests import Guests
from chatapp.realtime.rooms import NAMESPACE, group_room, viewers_room
from chatapp.realtime.sharing import Sharing

TYPING_SECONDS = 1.0
"""Shortest interval between two `typing` events of a connection that are passed on. Clients send one every three
seconds."""


class TypingRelay:
    """With `publishes`, other processes have sockets too and hear of it by the bus, which costs a transaction that
    writes nothing."""

    def __init__(
        self,
        journal: Journal,
        server: ChatServer,
        connections: Connections,
        events: Events,
        sharing: Sharing,
        guests: Guests,
        *,
        publishes: bool,
    ) -> None:
        self._journal = journal
        self._server = server
        self._connections = connections
        self._events = events
        self._sharing = sharing
        self._guests = guests
        self._publishes = publishes
        self._looked_at: dict[str, str] = {}
        self._typed_at: dict[str, float] = {}

    def look(self, connection: Connection, look: Look) -> None:
        """The connection looks at this conversation from now on, and at no other. Raises NotAMember."""
        sid = connection.sid
        key = self._key_of(connection, look.receiver, is_group=look.group) if look.receiver is not None else None
        before = self._looked_at.pop(sid, None)
        if before is not None:
            self._server.leave_room(sid, viewers_room(before), namespace=NAMESPACE)
        if key is not None:
            self._looked_at[sid] = key
            self._server.enter_room(sid, viewers_room(key), namespace=NAMESPACE)

    def typing(self, connection: Connection, typing: Typing) -> None:
        """Passes on that the connection's user is typing, unless they do not show it. Raises NotAMember."""
        caller, sid = connection.caller, connection.sid
        key = self._key_of(connection, typing.receiver, is_group=typing.group)
        if caller.user_id in self._sharing.hidden_typists or self._is_repeated(sid):
            return
        notice = Typed(key, caller.user_id, caller.username, typing.group)
        if not self._publishes:
            self.relay(notice)
            return

        def write(transaction: Transaction) -> None:
            transaction.notices.append(notice)

        self._journal.submit(write, durable=False)

    def relay(self, notice: Typed) -> None:
        """Sends it to the connections that look at the conversation: not to the user's own, not to users who do not
        show when they are typing themselves, and not to guests who do not see the user."""
        room = viewers_room(notice.key)
        if not self._server.manager.has_room(NAMESPACE, room):
            return
        hidden = self._sharing.hidden_from.get(notice.user_id, ())
        not_told = {notice.user_id, *self._sharing.hidden_typists, *hidden}
        excluded = []
        # A list, because clients come and go during a query.
        for sid, _ in list(self._server.manager.get_participants(NAMESPACE, room)):
            viewer = self._connections.get(sid)
            if viewer is None or viewer.caller.user_id in not_told or self._is_hidden_from(viewer.caller, notice):
                excluded.append(sid)
        self._events.typing(notice.key if notice.is_group else notice.username, notice, room, excluded)

    def forget(self, sid: str) -> None:
        """The connection has closed, which takes it out of all rooms."""
        self._looked_at.pop(sid, None)
        self._typed_at.pop(sid, None)

    def _is_hidden_from(self, viewer: Caller, notice: Typed) -> bool:
        """A guest may look at a private conversation with anybody whose name they guess."""
        is_private = not notice.is_group
        return is_private and viewer.role in SEE_FEW and not self._guests.sees(viewer.user_id, notice.user_id)

    def _key_of(self, connection: Connection, receiver: str, *, is_group: bool) -> str:
        """The group's id, or the key of a direct conversation."""
        if not is_group:
            return direct_key(connection.caller.username, receiver)
        conversation_id = parse_conversation_id(receiver)
        rooms = self._server.manager.get_rooms(connection.sid, NAMESPACE)
        if conversation_id is None or group_room(conversation_id) not in rooms:
            raise NotAMember("You are not a member of this group.", receiver=receiver)
        return receiver

    def _is_repeated(self, sid: str) -> bool:
        at, before = monotonic(), self._typed_at.get(sid)
        if before is not None and at - before < TYPING_SECONDS:
            return True
        self._typed_at[sid] = at
        return False
