"""What goes out about push subscriptions. See `chatapp.serializers`."""

from collections.abc import Sequence
from datetime import datetime

from chatapp.actions.push_subscriptions import ListedSubscription, Reason
from chatapp.clock import to_iso
from chatapp.push_shapes import PushShape, PushSubscriptionShape


def push(public_key: str, subscriptions: Sequence[ListedSubscription], reasons: Sequence[Reason]) -> PushShape:
    current = next((one for one in subscriptions if one.is_current), None)
    return {
        "publicKey": public_key,
        "current": {"endpoint": current.endpoint, "language": current.language} if current is not None else None,
        "subscriptions": [_subscription(one) for one in subscriptions],
        "reasons": list(reasons),
    }


def _subscription(one: ListedSubscription) -> PushSubscriptionShape:
    return {
        "device": one.device,
        "createdAt": to_iso(one.created_at),
        "succeededAt": _moment(one.succeeded_at),
        "failedAt": _moment(one.failed_at),
        "current": one.is_current,
    }


def _moment(at: datetime | None) -> str | None:
    return to_iso(at) if at is not None else None
