"""What comes in about push subscriptions. See `chatapp.payloads`."""

from typing import Annotated

from pydantic import Field

from chatapp.payloads import Payload

ENDPOINT_CHARACTERS = 1_000

Base64Url = Annotated[str, Field(max_length=88, pattern=r"^[A-Za-z0-9_-]+$")]


class ClientKeys(Payload):
    """What messages for the browser are encrypted with (RFC 8291), as `PushSubscription.toJSON()` names it."""

    p256dh: Base64Url
    auth: Base64Url = Field(max_length=24)


class Subscribe(Payload):
    """`PUT /push/subscription`: the browser's subscription, and the language of the page."""

    endpoint: str = Field(max_length=ENDPOINT_CHARACTERS, pattern=r"^https?://[!-~]+$")
    keys: ClientKeys
    language: str = Field(default="en", max_length=16, pattern=r"^[A-Za-z0-9-]+$")
