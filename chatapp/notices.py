"""Notices: small messages about a commit, sent to this process's listeners and, by the bus, to other processes.

A notice is a hint. It may be lost or arrive twice; the database holds the truth.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, get_args

import orjson


@dataclass(frozen=True, slots=True)
class ConversationChanged:
    """The changes of a conversation with the revisions `first` to `last` are stored: messages and others.

    `last_sequence` is the sequence of the newest message. `usernames` holds both users of a direct conversation and is
    empty for a group. `can_wait`: the changes may be sent together with others that follow soon.
    """

    conversation_id: int
    first: int
    last: int
    last_sequence: int
    usernames: tuple[str, ...] = ()
    can_wait: bool = False


@dataclass(frozen=True, slots=True)
class MembershipsChanged:
    """These users joined or left a conversation. The database says which."""

    conversation_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UserChanged:
    """Something that concerns this user alone changed, at this revision of the user's: settings, or anything else."""

    user_id: int
    user_revision: int
    are_settings: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """A user is typing in a conversation: the group's id, or the direct key. Nothing of it is stored."""

    key: str
    user_id: int
    username: str
    is_group: bool


@dataclass(frozen=True, slots=True)
class GroupCreated:
    """A group and its memberships are stored."""

    conversation_id: int


@dataclass(frozen=True, slots=True)
class WatermarkRaised:
    """A member's delivered and read watermarks rose to these sequences."""

    conversation_id: int
    user_id: int
    delivered: int
    read: int


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """A user came online or went offline: the first connection on any process opened, or the last one closed."""

    user_id: int
    username: str
    is_online: bool


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    """A user changed what others see of them. The database says what."""

    user_id: int


@dataclass(frozen=True, slots=True)
class UsernameChanged:
    """The change of a username with this number is stored."""

    number: int


@dataclass(frozen=True, slots=True)
class RetentionChanged:
    """After how many days the system erases messages was changed. The database says how many."""


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A session was revoked. Its connections must be closed."""

    session_id: str


@dataclass(frozen=True, slots=True)
class BlockChanged:
    """One of these users blocks the other now, or does not any more. The database says which."""

    user_id: int
    other_id: int


@dataclass(frozen=True, slots=True)
class JobsAdded:
    """Jobs are due that were not in the queue before."""


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Notices were lost. A process with connections reads what it missed from the database."""


Notice = (
    CatchUp
    | ConversationChanged
    | GroupCreated
    | MembershipsChanged
    | UserChanged
    | WatermarkRaised
    | PresenceChanged
    | ProfileChanged
    | UsernameChanged
    | RetentionChanged
    | SessionEnded
    | BlockChanged
    | JobsAdded
    | Typed
)

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Notice)}


def encode(notices: Iterable[Notice]) -> str:
    """A JSON array: `[["GroupCreated", {"conversation_id": 7}], ...]`."""
    return orjson.dumps([[type(notice).__name__, asdict(notice)] for notice in notices]).decode()


def decode(text: str | bytes) -> list[Notice]:
    """The inverse of `encode`. Kinds that only a newer version knows are skipped."""
    return [_KINDS[name](**_frozen(values)) for name, values in orjson.loads(text) if name in _KINDS]


def _frozen(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
