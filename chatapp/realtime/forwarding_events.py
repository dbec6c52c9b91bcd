"""The events that forward a message: a part of the namespace `/chat`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chatapp.actions import forwarding
from chatapp.actions.sessions import Caller
from chatapp.journal.drafts import Outcome
from chatapp.payloads import ForwardMessage, MessageId, parse
from chatapp.realtime.engine.deferred_ack import DeferredAck

if TYPE_CHECKING:
    from chatapp.realtime.dispatcher import Dispatcher


class ForwardingEvents:
    """Each handler parses the payload, calls one action, and returns the ack."""

    _dispatcher: "Dispatcher"
    _resolver_of: Callable[[Caller, DeferredAck], Callable[[Outcome], None]]

    def on_forwardMessage(self, caller: Caller, payload: Any) -> DeferredAck:
        event = parse(ForwardMessage, payload)
        ack = DeferredAck()
        quota = self._dispatcher.app.extensions["chatapp.files"].quota_of(caller.role)
        forwarding.forward_message(
            self._dispatcher.journal,
            caller,
            event.message_id,
            event,
            self._resolver_of(caller, ack),
            quota_bytes=quota,
            is_awaited=True,
        )
        return ack

    def on_forwardOrigin(self, caller: Caller, payload: Any) -> dict[str, Any]:
        event = parse(MessageId, payload)
        with self._dispatcher.app.app_context():
            return {"success": True, "messageId": forwarding.origin_of(caller, event.message_id)}
