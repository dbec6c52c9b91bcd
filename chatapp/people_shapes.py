"""The shapes of people. See `chatapp.shapes`."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict


class UserShape(TypedDict):
    """A person as others see them. Most have none of the last seven, which are left out of long lists then."""

    firstName: str
    lastName: str
    username: str
    isOnline: bool
    lastSeen: str | None
    hasNamesake: NotRequired[Literal[True]]
    isRemoved: NotRequired[Literal[True]]
    isGuest: NotRequired[Literal[True]]
    isBot: NotRequired[Literal[True]]
    statusText: NotRequired[str]
    timeZone: NotRequired[str]
    picture: NotRequired[str]
    profileRevision: NotRequired[int]


class ProfileShape(TypedDict):
    """All that a person shows of themselves. `picture` is the last part of its address."""

    username: str
    firstName: str
    lastName: str
    statusText: str
    timeZone: str
    picture: str | None
    profileRevision: int
    isGuest: NotRequired[Literal[True]]
    isBot: NotRequired[Literal[True]]
    isRemoved: NotRequired[Literal[True]]


class OneProfileShape(TypedDict):
    profile: ProfileShape


class OwnProfileShape(OneProfileShape):
    """`managedBy` is the directory where the name and the password of the account are changed, if there is one."""

    managedBy: str | None


class RenamedShape(TypedDict):
    """A change of a username. `number` counts those of all people."""

    number: int
    username: str
    newUsername: str
    isRemoved: NotRequired[Literal[True]]


class PersonRemovedShape(TypedDict):
    """Somebody was removed. Who it was, and which name they have now, is told while it happens and never later."""

    number: int
    isRemoved: Literal[True]
