"""Serializer of the list of saved messages. See `chatapp.serializers`."""

from collections.abc import Sequence

from chatapp import serializers
from chatapp.actions.saved_messages import ListedMessage
from chatapp.saved_shapes import SavedMessageShape, SavedMessagesShape


def saved_page(page: Sequence[ListedMessage], limit: int) -> SavedMessagesShape:
    """`limit` is what was asked for: a page that has as many may have a next one."""
    last = page[-1].user_revision if len(page) == limit else None
    return {"messages": [_listed(one) for one in page], "next": last}


def _listed(one: ListedMessage) -> SavedMessageShape:
    stored = one.message
    delivered = one.lowest.is_delivered(stored.sender_id, stored.sequence)
    return {
        "receiver": one.receiver,
        "group": one.is_group,
        "message": serializers.message(stored, delivered=delivered),
        "userRevision": one.user_revision,
    }
