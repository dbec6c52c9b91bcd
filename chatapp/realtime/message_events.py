"""The events that change one message, or read what belongs to it: a part of the namespace `/chat`."""

from typing import TYPE_CHECKING, Any

from chatapp import serializers
from chatapp.actions import message_changes, messages, pins, reactions
from chatapp.actions.feedback import SeenMessage
from chatapp.actions.file_drafts import file_drafts
from chatapp.actions.sessions import Caller
from chatapp.journal import MessageDraft, StoredMessage
from chatapp.payloads import ConversationName, EditMessage, MessageEvent, MessageId, PinMessage, React, parse

if TYPE_CHECKING:
    from chatapp.realtime.dispatcher import Dispatcher

Ack = dict[str, Any]


def draft_of(caller: Caller, event: MessageEvent, *, is_group: bool) -> MessageDraft:
    """What the caller sends. The event may have named them by a former username."""
    return MessageDraft(
        caller.user_id,
        caller.username,
        event.receiver,
        is_group,
        event.content,
        event.client_id,
        is_awaited=True,
        reply_to=event.reply_to,
        files=file_drafts(event.files) if event.files else (),
    )


class MessageEvents:
    """Each handler parses the payload, calls one action, and returns the ack."""

    _dispatcher: "Dispatcher"

    def on_editMessage(self, caller: Caller, payload: Any) -> Ack:
        event = parse(EditMessage, payload)
        with self._dispatcher.app.app_context():
            stored = message_changes.edit_message(
                self._dispatcher.journal, caller, event.message_id, event.content, self._dispatcher.edit_seconds
            )
            return self._changed(stored)

    def on_deleteMessage(self, caller: Caller, payload: Any) -> Ack:
        event = parse(MessageId, payload)
        with self._dispatcher.app.app_context():
            stored = message_changes.delete_message(
                self._dispatcher.journal, caller, event.message_id, self._dispatcher.edit_seconds
            )
            return self._changed(stored)

    def on_messageVersions(self, caller: Caller, payload: Any) -> Ack:
        event = parse(MessageId, payload)
        with self._dispatcher.app.app_context():
            return {"success": True, **serializers.versions(message_changes.versions_of(caller, event.message_id))}

    def on_react(self, caller: Caller, payload: Any) -> Ack:
        event = parse(React, payload)
        with self._dispatcher.app.app_context():
            seen = reactions.react(self._dispatcher.journal, caller, event.message_id, event.emoji, is_on=event.on)
            return self._seen(seen)

    def on_reactors(self, caller: Caller, payload: Any) -> Ack:
        event = parse(MessageId, payload)
        with self._dispatcher.app.app_context():
            return {"success": True, "reactions": reactions.reactors_of(caller, event.message_id)}

    def on_pinMessage(self, caller: Caller, payload: Any) -> Ack:
        event = parse(PinMessage, payload)
        with self._dispatcher.app.app_context():
            return self._changed(pins.pin(self._dispatcher.journal, caller, event.message_id, is_on=event.on))

    def on_pinned(self, caller: Caller, payload: Any) -> Ack:
        event = parse(ConversationName, payload)
        with self._dispatcher.app.app_context():
            found = pins.pinned_messages(caller, event.receiver, is_group=event.group)
            return {"success": True, "messages": serializers.page(found)}

    def _seen(self, seen: SeenMessage) -> Ack:
        return {"success": True, "message": serializers.message(seen.stored, delivered=seen.is_delivered)}

    def _changed(self, stored: StoredMessage) -> Ack:
        is_delivered = messages.is_delivered(self._dispatcher.journal, stored)
        return {"success": True, "message": serializers.message(stored, delivered=is_delivered)}
