"""The Socket.IO namespace."""

from collections import Counter
from typing import Any

import eventlet
from flask import request
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import Namespace, SocketIO, emit, join_room

from .http import user_of
from .models import Conversation, Membership, Message, db

ACK_WINDOW_SECONDS = 2


class ChatNamespace(Namespace):
    """Handles the events of `/chat`."""

    def __init__(self, namespace: str, socketio: SocketIO) -> None:
        super().__init__(namespace)
        self.server = socketio
        self.user_of_sid: dict[str, str] = {}
        self.connections: Counter[str] = Counter()

    def on_connect(self, auth: dict[str, str] | None) -> None:
        username = user_of((auth or {}).get("token") or request.args.get("token"))
        if username is None:
            raise Refused("The session is not valid.")
        self.user_of_sid[request.sid] = username  # type: ignore[attr-defined]
        join_room(f"user:{username}")
        for membership in db.session.scalars(db.select(Membership).filter_by(username=username)):
            join_room(f"conversation:{membership.conversation_id}")
        self.connections[username] += 1
        if self.connections[username] == 1:
            emit("onlineStatus", {"username": username, "online": True}, broadcast=True)

    def on_disconnect(self, _reason: str) -> None:
        username = self.user_of_sid.pop(request.sid)  # type: ignore[attr-defined]
        self.connections[username] -= 1
        if self.connections[username] == 0:
            del self.connections[username]
            emit("onlineStatus", {"username": username, "online": False}, broadcast=True)

    def on_groupMessage(self, payload: dict[str, str]) -> dict[str, Any]:
        username = self.user_of_sid[request.sid]  # type: ignore[attr-defined]
        membership = db.session.get(Membership, (payload["receiver"], username))
        if membership is None or payload["sender"] != username:
            return {"success": False, "response": "You are not in that group."}
        conversation = db.session.get(Conversation, payload["receiver"])
        return self.send_message(conversation, username, payload, [f"conversation:{conversation.id}"])

    def on_privateMessage(self, payload: dict[str, str]) -> dict[str, Any]:
        username = self.user_of_sid[request.sid]  # type: ignore[attr-defined]
        if payload["sender"] != username:
            return {"success": False, "response": "The sender is not the session's user."}
        receiver = payload["receiver"]
        return self.send_message(
            direct(username, receiver), username, payload, [f"user:{username}", f"user:{receiver}"]
        )

    def send_message(
        self, conversation: Conversation, sender: str, payload: dict[str, str], rooms: list[str]
    ) -> dict[str, Any]:
        message = store(conversation, sender, payload)
        others = {membership.username for membership in conversation.memberships} - {sender}
        waiting = {username for username in others if username in self.connections}
        confirmed = eventlet.event.Event()

        # A room callback does not learn who answered. The documentation relies on the name in the answer.
        def on_confirmed(answer: dict[str, str]) -> None:
            waiting.discard(answer["receiver"])
            if not waiting and not confirmed.ready():
                confirmed.send(True)

        emit("response", {"response": message.to_wire()}, to=rooms, callback=on_confirmed)
        if waiting:
            confirmed.wait(timeout=ACK_WINDOW_SECONDS)
        message.is_delivered_to_all = not waiting and others <= self.connections.keys()
        db.session.commit()
        return {"success": True, "response": message.to_wire()}


def store(conversation: Conversation, sender: str, payload: dict[str, str]) -> Message:
    """Stores a message durably, with the next sequence of its conversation."""
    conversation.last_sequence = Conversation.last_sequence + 1
    db.session.flush()
    message = Message(
        conversation_id=conversation.id,
        sequence=conversation.last_sequence,
        sender=sender,
        receiver=payload["receiver"],
        content=payload["content"],
    )
    db.session.add(message)
    db.session.commit()
    return message


def direct(one: str, other: str) -> Conversation:
    """Returns the conversation of two users, and creates it if there is none."""
    identifier = ":".join(sorted((one, other)))
    conversation = db.session.get(Conversation, identifier)
    if conversation is None:
        memberships = [Membership(username=one), Membership(username=other)]
        conversation = Conversation(id=identifier, is_group=False, memberships=memberships)
        db.session.add(conversation)
        db.session.commit()
    return conversation
