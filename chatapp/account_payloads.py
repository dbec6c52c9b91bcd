"""What comes in about the caller's own account. See `chatapp.payloads`."""

from pydantic import Field

from chatapp.payload_fields import PASSWORD_CHARACTERS, NewPassword
from chatapp.payloads import Payload


class ChangePassword(Payload):
    """`PATCH /password`. `current` is needed where the account has a password."""

    current: str | None = Field(default=None, max_length=PASSWORD_CHARACTERS)
    password: NewPassword
