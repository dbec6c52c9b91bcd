"""The shapes of the caller's own account. See `chatapp.shapes`."""

from typing_extensions import TypedDict


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
