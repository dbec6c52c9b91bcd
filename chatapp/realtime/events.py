"""The catalogue of server-to-client events, with the name, payload and audience of each. No other module emits."""

from collections.abc import Iterable, Sequence
from typing import Any

from chatapp.notices import Typed
from chatapp.people_shapes import ProfileShape, RenamedShape
from chatapp.realtime.engine.manager import Acknowledged
from chatapp.realtime.engine.socketio_server import ChatServer
from chatapp.realtime.rooms import EVERYBODY, GUESTS, NAMESPACE, group_room, user_room
from chatapp.shapes import ChangeShape, MessageShape

NAMES = (
    "response",
    "change",
    "updateDeliveryStatusOnConnection",
    "onlineStatus",
    "profile",
    "usernameChanged",
    "retention",
    "newgrp",
    "receipt",
    "typing",
    "token-expired",
)


class Events:
    """Emits events through the Socket.IO server. Safe to call from any thread or greenlet."""

    def __init__(self, server: ChatServer) -> None:
        self._server = server
        self._manager = server.manager

    def message_sent(self, message: MessageShape, rooms: Iterable[str], confirmed: Acknowledged) -> None:
        """`response` to every connection of every member, including the sender's. `confirmed` is called for each
        connection that confirms it."""
        self._manager.fan_out("response", {"response": message}, NAMESPACE, rooms, confirmed)

    def changed(self, change: ChangeShape, conversation_id: int, skipped: Sequence[str] = ()) -> None:
        """`change` to every connection of every member of a group, except some: its members, its details or one of its
        messages changed."""
        room = group_room(conversation_id)
        self._server.emit("change", change, to=room, namespace=NAMESPACE, skip_sid=list(skipped))

    def changed_for_user(self, change: ChangeShape, username: str) -> None:
        """`change` to every connection of one user: they joined or left a conversation, changed what is theirs, or a
        message of a direct conversation changed."""
        self._emit("change", change, user_room(username))

    def delivered_to_all(self, message: MessageShape, sender: str) -> None:
        """`updateDeliveryStatusOnConnection` to the sender: after its ack, the message became delivered to all."""
        self._emit("updateDeliveryStatusOnConnection", {"response": message}, user_room(sender))

    def online_status(self, changes: Iterable[tuple[str, bool]]) -> None:
        """`onlineStatus` to everybody but guests, one event for each user who came online or went offline."""
        events = [("onlineStatus", {"username": username, "online": online}) for username, online in changes]
        self._manager.send_all(events, NAMESPACE, EVERYBODY)

    def profile_changed(self, profile: ProfileShape) -> None:
        """`profile` to everybody but guests: a person changed what they show of themselves."""
        self._manager.send_all([("profile", profile)], NAMESPACE, EVERYBODY)

    def profile_changed_to(self, profile: ProfileShape, receiver: str) -> None:
        """`profile` to the connections of a guest who sees the person."""
        self._emit("profile", profile, user_room(receiver))

    def username_changed(self, renamed: RenamedShape) -> None:
        """`usernameChanged` to everybody but guests: a person has another username."""
        self._manager.send_all([("usernameChanged", renamed)], NAMESPACE, EVERYBODY)

    def username_changed_to(self, renamed: RenamedShape, receiver: str) -> None:
        """`usernameChanged` to the connections of a guest who sees the person."""
        self._emit("usernameChanged", renamed, user_room(receiver))

    def retention_changed(self, days: int) -> None:
        """`retention` to everybody and all guests: the system erases messages after another number of days."""
        for room in (EVERYBODY, GUESTS):
            self._emit("retention", {"retentionDays": days}, room)

    def online_status_but(self, username: str, online: bool, excluded: list[str]) -> None:
        """As `online_status`, for one user who is in a block: not to these connections."""
        payload = {"username": username, "online": online}
        self._server.emit("onlineStatus", payload, to=EVERYBODY, skip_sid=excluded, namespace=NAMESPACE)

    def online_status_to(self, username: str, online: bool, receiver: str) -> None:
        """`onlineStatus` to one user's connections: a block has begun or ended, or a guest sees the person."""
        self._emit("onlineStatus", {"username": username, "online": online}, user_room(receiver))

    def group_created(self, conversation_id: int, name: str) -> None:
        """`newgrp` to every member of a new group, including the creator."""
        self._emit("newgrp", {"response": f"You are in the group {name}."}, group_room(conversation_id))

    def receipts(self, payloads: list[dict[str, object]], room: str) -> None:
        """`receipt` to a room, one event for each member whose watermark rose."""
        self._manager.send_all([("receipt", payload) for payload in payloads], NAMESPACE, room)

    def typing(self, receiver: str, notice: Typed, room: str, excluded: list[str]) -> None:
        """`typing` to the connections that look at a conversation, but these."""
        payload = {"receiver": receiver, "group": notice.is_group, "username": notice.username}
        self._server.emit("typing", payload, to=room, skip_sid=excluded, namespace=NAMESPACE)

    def token_expired(self, sid: str, sentence: str) -> None:
        """`token-expired` to one connection, which is then disconnected."""
        self._emit("token-expired", {"response": sentence}, sid)

    def _emit(self, event: str, payload: Any, to: str) -> None:
        self._server.emit(event, payload, to=to, namespace=NAMESPACE)
