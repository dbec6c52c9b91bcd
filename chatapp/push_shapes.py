"""The shapes of push subscriptions. See `chatapp.shapes`."""

from typing import Literal

from typing_extensions import TypedDict


class PushSubscriptionShape(TypedDict):
    """`device` is the User-Agent of the session."""

    device: str
    createdAt: str
    succeededAt: str | None
    failedAt: str | None
    current: bool


class CurrentSubscriptionShape(TypedDict):
    endpoint: str
    language: str


class PushShape(TypedDict):
    """`publicKey` is for `pushManager.subscribe`; `current` the subscription of the session that asks; `reasons` why
    its browser would show no notification now."""

    publicKey: str
    current: CurrentSubscriptionShape | None
    subscriptions: list[PushSubscriptionShape]
    reasons: list[Literal["not_subscribed", "failing", "do_not_disturb"]]


class PushTestShape(TypedDict):
    outcome: Literal["taken", "gone", "refused", "later"]
