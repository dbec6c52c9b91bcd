"""What comes in about the caller's own account. See `chatapp.payloads`."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from chatapp.mail.addresses import is_address
from chatapp.payload_fields import (
    NAME_CHARACTERS,
    PASSWORD_CHARACTERS,
    EmailAddress,
    InviteText,
    NewPassword,
    NewUsername,
)
from chatapp.payloads import Payload


def _reachable(text: str) -> str:
    if not is_address(text):
        raise ValueError("must be an e-mail address such as ada@example.org")
    return text


class ChangePassword(Payload):
    """`PATCH /password`. `current` is needed where the account has a password."""

    current: str | None = Field(default=None, max_length=PASSWORD_CHARACTERS)
    password: NewPassword


class RemoveAccount(Payload):
    """`POST /leave` and `POST /admin/people/<username>/removal`: what becomes of the messages. `password` is that of
    the caller, needed where their account has one."""

    messages: Literal["keep", "erase"]
    password: Annotated[str, Field(max_length=PASSWORD_CHARACTERS)] | None = None


class ChangeUsername(Payload):
    """`PATCH /username`. `password` is needed where the account has one."""

    username: NewUsername
    password: str | None = Field(default=None, max_length=PASSWORD_CHARACTERS)


class SetEmail(Payload):
    """`PUT /email`. `password` is needed where the account has one."""

    email: Annotated[EmailAddress, AfterValidator(_reachable)]
    password: str | None = Field(default=None, max_length=PASSWORD_CHARACTERS)


class ConfirmEmail(Payload):
    """`POST /email/confirm`. The secret is the last part of the link."""

    secret: InviteText


class UnsubscribeQuery(BaseModel):
    """The query of `/email/unsubscribe`. The token is that of the link in a digest."""

    token: Annotated[str, Field(min_length=1, max_length=100)]


class ForgottenPassword(Payload):
    """`POST /forgot`: a username or an e-mail address."""

    account: Annotated[str, Field(min_length=1, max_length=NAME_CHARACTERS)]
