"""The events about threads: a part of the namespace `/chat`."""

from typing import TYPE_CHECKING, Any

from chatapp import conversation_serializers
from chatapp.actions import threads
from chatapp.actions.sessions import Caller
from chatapp.payloads import MessageId, parse
from chatapp.thread_payloads import FollowThread

if TYPE_CHECKING:
    from chatapp.realtime.dispatcher import Dispatcher

Ack = dict[str, Any]


class ThreadEvents:
    """Each handler parses the payload, calls one action, and returns the ack."""

    _dispatcher: "Dispatcher"

    def on_openThread(self, caller: Caller, payload: Any) -> Ack:
        event = parse(MessageId, payload)
        with self._dispatcher.app.app_context():
            thread = threads.open_thread(self._dispatcher.journal, caller, event.message_id)
            return {"success": True, "thread": conversation_serializers.conversation(thread)}

    def on_followThread(self, caller: Caller, payload: Any) -> Ack:
        event = parse(FollowThread, payload)
        with self._dispatcher.app.app_context():
            threads.follow(self._dispatcher.journal, caller, event.thread_id, is_on=event.on)
        return {"success": True}
