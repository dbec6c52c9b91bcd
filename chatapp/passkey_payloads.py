"""What comes in about passkeys. See `chatapp.payloads`. Credentials are as browsers' `toJSON` gives them."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator
from pydantic_core.core_schema import ValidationInfo

from chatapp.payload_fields import (
    PASSWORD_CHARACTERS,
    FirstName,
    InviteText,
    LastName,
    Name,
    NewPassword,
    NewUsername,
    one_line,
)
from chatapp.payloads import Payload

PASSKEY_NAME_CHARACTERS = 100

PasskeyName = Annotated[str, AfterValidator(one_line), Field(min_length=1, max_length=PASSKEY_NAME_CHARACTERS)]
Base64Url = Annotated[str, Field(min_length=1, max_length=16_384, pattern=r"^[A-Za-z0-9_-]+$")]
CredentialId = Annotated[str, Field(min_length=1, max_length=1_364, pattern=r"^[A-Za-z0-9_-]+$")]
"""At most 1,023 bytes (WebAuthn section 4)."""


class AttestationResponse(Payload):
    client_data_json: Base64Url = Field(alias="clientDataJSON")
    attestation_object: Base64Url
    transports: list[Annotated[str, Field(max_length=20, pattern=r"^[a-z-]+$")]] = Field(default=[], max_length=10)


class NewCredential(Payload):
    """What `navigator.credentials.create` gives."""

    id: CredentialId
    raw_id: CredentialId
    type: Literal["public-key"]
    response: AttestationResponse


class AssertionResponse(Payload):
    client_data_json: Base64Url = Field(alias="clientDataJSON")
    authenticator_data: Base64Url
    signature: Base64Url
    user_handle: Annotated[str, Field(max_length=88, pattern=r"^[A-Za-z0-9_-]*$")] | None = None


class Credential(Payload):
    """What `navigator.credentials.get` gives."""

    id: CredentialId
    raw_id: CredentialId
    type: Literal["public-key"]
    response: AssertionResponse


class PasskeySignIn(Payload):
    """`POST /passkeys/sign-in`. With a username only a passkey of this account signs in."""

    username: Name | None = None
    credential: Credential


class Confirmation(Payload):
    """The caller's password, where the account has one."""

    password: str | None = Field(default=None, max_length=PASSWORD_CHARACTERS)


class NewPasskey(Payload):
    """`POST /passkeys`."""

    name: PasskeyName
    credential: NewCredential


class RenamePasskey(Payload):
    """`PATCH /passkeys/<passkey_id>`."""

    name: PasskeyName


class JoinOptions(Payload):
    """`POST /passkeys/join/options`: the account that is about to be made."""

    username: NewUsername
    first_name: FirstName
    last_name: LastName = ""
    invite: InviteText | None = None


class Join(JoinOptions):
    """`POST /join`: with a password, or with a passkey in its place. The invitation is needed where accounts are made
    by invitation only."""

    passkey: NewPasskey | None = None
    password: NewPassword | None = Field(default=None, validate_default=True)

    @field_validator("password")
    @classmethod
    def _one_of_both(cls, password: str | None, info: ValidationInfo) -> Any:
        if "passkey" in info.data and (password is None) == (info.data["passkey"] is None):
            raise ValueError("is needed, or a passkey in its place, and not both")
        return password


class SecondFactorCode(Payload):
    """`POST /second-factor/confirm`."""

    code: str = Field(min_length=1, max_length=40)
