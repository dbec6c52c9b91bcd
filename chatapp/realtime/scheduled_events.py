"""The events about scheduled messages: a part of the namespace `/chat`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chatapp import personal_serializers
from chatapp.actions import scheduled_messages
from chatapp.actions.scheduled_messages import Scheduled
from chatapp.actions.sessions import Caller
from chatapp.journal.drafts import Outcome
from chatapp.payloads import parse
from chatapp.realtime.engine.deferred_ack import DeferredAck
from chatapp.scheduled_payloads import ChangeScheduled, Nothing, Schedule, ScheduledId

if TYPE_CHECKING:
    from chatapp.realtime.dispatcher import Dispatcher

Ack = dict[str, Any]


class ScheduledEvents:
    """Each handler parses the payload, calls one action, and returns the ack."""

    _dispatcher: "Dispatcher"
    _resolver_of: Callable[[Caller, DeferredAck], Callable[[Outcome], None]]

    def on_scheduleMessage(self, caller: Caller, payload: Any) -> Ack:
        event = parse(Schedule, payload)
        with self._dispatcher.app.app_context():
            return _answer(scheduled_messages.schedule_message(self._dispatcher.journal, caller, event))

    def on_scheduledMessages(self, caller: Caller, payload: Any) -> Ack:
        parse(Nothing, payload)
        with self._dispatcher.app.app_context():
            found = scheduled_messages.scheduled_messages(caller)
        return {"success": True, "scheduled": [personal_serializers.scheduled(one) for one in found]}

    def on_changeScheduled(self, caller: Caller, payload: Any) -> Ack:
        event = parse(ChangeScheduled, payload)
        with self._dispatcher.app.app_context():
            return _answer(
                scheduled_messages.change_scheduled(self._dispatcher.journal, caller, event.client_id, event)
            )

    def on_deleteScheduled(self, caller: Caller, payload: Any) -> Ack:
        event = parse(ScheduledId, payload)
        with self._dispatcher.app.app_context():
            return _answer(scheduled_messages.delete_scheduled(self._dispatcher.journal, caller, event.client_id))

    def on_sendScheduled(self, caller: Caller, payload: Any) -> DeferredAck:
        event = parse(ScheduledId, payload)
        ack = DeferredAck()
        with self._dispatcher.app.app_context():
            scheduled_messages.send_scheduled(
                self._dispatcher.journal, caller, event.client_id, self._resolver_of(caller, ack), is_awaited=True
            )
        return ack


def _answer(own: Scheduled) -> Ack:
    return {"success": True, "scheduled": personal_serializers.scheduled(own)}
