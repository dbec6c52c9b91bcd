"""The shapes of the caller's own account, and of making one. See `chatapp.shapes`."""

from typing import Any

from typing_extensions import TypedDict


class InviteShape(TypedDict):
    expiresAt: str | None


class SessionShape(TypedDict):
    """A sign-in that is valid. `device` is the browser's User-Agent, and `current` the session that asks."""

    id: str
    method: str
    device: str
    address: str
    createdAt: str
    lastUsedAt: str | None
    expiresAt: str
    current: bool


class SessionsShape(TypedDict):
    sessions: list[SessionShape]


class EndedSessionsShape(TypedDict):
    ended: int


class SignedInShape(TypedDict):
    """Who is signed in. `role` is that in the whole system."""

    username: str
    role: str


class OptionsShape(TypedDict):
    """The argument of `navigator.credentials.create` or `get`, as JSON (WebAuthn section 5.1)."""

    publicKey: dict[str, Any]


class PasskeyShape(TypedDict):
    id: str
    name: str
    isBackedUp: bool
    createdAt: str
    lastUsedAt: str | None


class PasskeyAnswerShape(TypedDict):
    passkey: PasskeyShape


class PasskeysShape(TypedDict):
    """`hasPassword`: the caller's account has a password, which adding a passkey asks for."""

    passkeys: list[PasskeyShape]
    hasPassword: bool


class SecondFactorShape(TypedDict):
    since: str | None
    recoveryCodesLeft: int


class NewFactorShape(TypedDict):
    """`qrCode` has the rows of a QR code of the address, `1` for a dark module."""

    secret: str
    uri: str
    qrCode: list[str]


class RecoveryCodesShape(TypedDict):
    recoveryCodes: list[str]


class EmailShape(TypedDict):
    """`waiting` is an address whose link was not opened yet. `canMail`: this server sends e-mail."""

    email: str | None
    waiting: str | None
    canMail: bool
