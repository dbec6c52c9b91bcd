"""The events about saved messages: a part of the namespace `/chat`."""

from typing import TYPE_CHECKING, Any

from chatapp import personal_serializers, saved_serializers
from chatapp.actions import saved_messages
from chatapp.actions.sessions import Caller
from chatapp.payloads import parse
from chatapp.personal_payloads import SavedRequest, SaveMessage

if TYPE_CHECKING:
    from chatapp.realtime.dispatcher import Dispatcher

Ack = dict[str, Any]


class SavedEvents:
    """Each handler parses the payload, calls one action, and returns the ack."""

    _dispatcher: "Dispatcher"

    def on_saveMessage(self, caller: Caller, payload: Any) -> Ack:
        event = parse(SaveMessage, payload)
        with self._dispatcher.app.app_context():
            own = saved_messages.save_message(self._dispatcher.journal, caller, event.message_id, is_on=event.on)
        return {"success": True, "saved": personal_serializers.saved(own)}

    def on_savedMessages(self, caller: Caller, payload: Any) -> Ack:
        query = parse(SavedRequest, payload).query()
        with self._dispatcher.app.app_context():
            page = saved_messages.saved_messages(self._dispatcher.journal, caller, query)
            return {"success": True, **saved_serializers.saved_page(page, query.limit)}
