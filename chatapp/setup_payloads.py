"""What comes in when an installation is set up. See `chatapp.payloads`."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from chatapp.payload_fields import FirstName, InviteText, LastName, NewPassword, NewUsername, one_line
from chatapp.payloads import Payload

SYSTEM_NAME_CHARACTERS = 60

SystemName = Annotated[str, AfterValidator(one_line), Field(min_length=1, max_length=SYSTEM_NAME_CHARACTERS)]
"""How people call this installation. One line."""


class SetUp(Payload):
    """`POST /setup`. The secret is the last part of the setup link."""

    secret: InviteText
    system_name: SystemName
    joining: Literal["closed", "invite", "open"]
    username: NewUsername
    first_name: FirstName
    last_name: LastName = ""
    password: NewPassword
