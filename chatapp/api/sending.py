"""The answer of every route that sends a message."""

from collections.abc import Callable

from chatapp import serializers
from chatapp.actions import messages
from chatapp.actions.waiting import stored_message
from chatapp.api.current import current_journal
from chatapp.journal.drafts import Outcome
from chatapp.shapes import MessageAckShape


def ack_of(send: Callable[[Callable[[Outcome], None]], None]) -> MessageAckShape:
    """Sends a message and waits until it is stored. Raises the refusal if there is one."""
    stored = stored_message(send)
    return serializers.message_ack(stored, delivered=messages.is_delivered(current_journal(), stored))
