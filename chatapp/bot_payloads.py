"""What comes in on the routes of bots. See `chatapp.payloads`."""

from typing import Annotated

from pydantic import Field

from chatapp.payload_fields import FirstName, NewUsername
from chatapp.payloads import Payload

LONGEST_TOKEN_DAYS = 3_650


class NewBot(Payload):
    """`POST /admin/bots`. `name` is shown to others."""

    username: NewUsername
    name: FirstName


class RenameBot(Payload):
    """`PATCH /admin/bots/<username>`."""

    name: FirstName


class NewBotToken(Payload):
    """`POST /admin/bots/<username>/tokens`. Without `days` the token has no end."""

    name: FirstName
    days: Annotated[int, Field(ge=1, le=LONGEST_TOKEN_DAYS)] | None = None
