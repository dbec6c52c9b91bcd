"""What one part of the system tells another after a commit: hints, small and repeatable; the database is the truth."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, get_args

import orjson


@dataclass(frozen=True, slots=True)
class ConversationChanged:
    """A conversation has new changes, messages or others, of the revisions `first` to `last`. `last_sequence` is that
    of its newest message. `usernames` are the two of a direct one, else empty."""

    conversation_id: int
    first: int
    last: int
    last_sequence: int
    usernames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MembershipsChanged:
    """These users are in a conversation now, or in it no more; the database says which."""

    conversation_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroupCreated:
    """A group exists now, with all its members."""

    conversation_id: int


@dataclass(frozen=True, slots=True)
class WatermarkRaised:
    """A member has been delivered, and has read, up to here."""

    conversation_id: int
    user_id: int
    delivered: int
    read: int


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """A user's first connection anywhere opened, or the last one closed."""

    user_id: int
    username: str
    is_online: bool


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A session was revoked: its connections must close."""

    session_id: str


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Notices were lost on the way: whoever hosts connections reads the database from where it stood."""


Notice = (
    CatchUp | ConversationChanged | GroupCreated | MembershipsChanged | WatermarkRaised | PresenceChanged | SessionEnded
)

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Notice)}


def encode(notices: Iterable[Notice]) -> str:
    """A JSON array: `[["GroupCreated", {"conversation_id": 7}], ...]`."""
    return orjson.dumps([[type(one).__name__, asdict(one)] for one in notices]).decode()


def decode(text: str | bytes) -> list[Notice]:
    """The notices of `encode`; kinds of a newer version are passed over, as hints may be."""
    return [_KINDS[name](**_frozen(values)) for name, values in orjson.loads(text) if name in _KINDS]


def _frozen(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
