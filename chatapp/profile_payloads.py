"""What comes in about the caller's own profile. See `chatapp.payloads`."""

from typing import Annotated

from pydantic import AfterValidator, Field

from chatapp.payload_fields import FirstName, LastName, line_or_nothing
from chatapp.payloads import Payload
from chatapp.personal_payloads import TimeZone

STATUS_CHARACTERS = 100

StatusText = Annotated[str, AfterValidator(line_or_nothing), Field(max_length=STATUS_CHARACTERS)]


class ChangeProfile(Payload):
    """`PATCH /profile`: what is given is changed. Only `firstName` may not be empty."""

    first_name: FirstName | None = None
    last_name: LastName | None = None
    status_text: StatusText | None = None
    time_zone: TimeZone | Annotated[str, Field(max_length=0)] | None = None
