"""The shape of a user as others see them, and its serializer. See `chatapp.shapes`."""

from typing_extensions import TypedDict

from chatapp.actions.people import Person
from chatapp.clock import to_iso


class UserShape(TypedDict):
    firstName: str
    lastName: str
    username: str
    isOnline: bool
    lastSeen: str | None
    hasNamesake: bool


def user(person: Person) -> UserShape:
    return {
        "firstName": person.first_name,
        "lastName": person.last_name,
        "username": person.username,
        "isOnline": person.is_online,
        "lastSeen": to_iso(person.last_seen) if person.last_seen is not None else None,
        "hasNamesake": person.has_namesake,
    }
