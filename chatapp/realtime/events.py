"""The catalogue of server -> client events: name, payload, audience. Nothing else emits."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import socketio

from chatapp.realtime.rooms import NAMESPACE, group_room, user_room
from chatapp.serializers import MessageShape

Confirm = Callable[[str], None]
"""Called with the Socket.IO session id of a connection that confirmed."""

NAMES = ("response", "updateDeliveryStatusOnConnection", "onlineStatus", "newgrp", "receipt", "token-expired")


class Events:
    """Emits through one Socket.IO server, from any thread or greenlet."""

    def __init__(self, server: socketio.Server) -> None:
        self._server = server

    def message_sent(self, message: MessageShape, rooms: Iterable[str], confirm: Confirm) -> None:
        """`response` to every connection of every member, the sender's own included; each is asked to confirm."""
        for sid in self._connections(rooms):
            self._emit("response", {"response": message}, sid, callback=partial(_confirmed, confirm, sid))

    def delivered_to_all(self, message: MessageShape, sender: str) -> None:
        """`updateDeliveryStatusOnConnection` to the sender: everybody has it now, which the ack could not say yet."""
        self._emit("updateDeliveryStatusOnConnection", {"response": message}, user_room(sender))

    def online_status(self, username: str, *, is_online: bool) -> None:
        """`onlineStatus` to everybody who is connected."""
        self._emit("onlineStatus", {"username": username, "online": is_online}, None)

    def group_created(self, conversation_id: int, name: str) -> None:
        """`newgrp` to every member, the creator included."""
        self._emit("newgrp", {"response": f"You are in the group {name}."}, group_room(conversation_id))

    def receipt(self, payload: dict[str, Any], rooms: list[str]) -> None:
        """`receipt` to the conversation's members: a watermark rose."""
        for sid in self._connections(rooms):
            self._emit("receipt", payload, sid)

    def token_expired(self, sid: str, sentence: str) -> None:
        """`token-expired` to one connection, which is then disconnected."""
        self._emit("token-expired", {"response": sentence}, sid)

    def _connections(self, rooms: Iterable[str]) -> list[str]:
        """Each connection once, also one that is in several of the rooms."""
        found = {sid: None for room in rooms for sid, _ in self._server.manager.get_participants(NAMESPACE, room)}
        return list(found)

    def _emit(self, event: str, payload: Any, to: str | None, callback: Callable[..., None] | None = None) -> None:
        self._server.emit(event, payload, to=to, namespace=NAMESPACE, callback=callback)


def _confirmed(confirm: Confirm, sid: str, *_answer: Any) -> None:
    """A confirmation counts for the connection that it came from, whatever the answer says."""
    confirm(sid)
