"""Serializers of people. See `chatapp.serializers`."""

from chatapp.actions.people import Person
from chatapp.actions.profile import Profile
from chatapp.actions.usernames import PersonRemoved, Renamed
from chatapp.clock import to_iso
from chatapp.people_shapes import PersonRemovedShape, ProfileShape, RenamedShape, UserShape
from chatapp.username_rule import REMOVED_PREFIX


def user(person: Person) -> UserShape:
    shape: UserShape = {
        "firstName": person.first_name,
        "lastName": person.last_name,
        "username": person.username,
        "isOnline": person.is_online,
        "lastSeen": to_iso(person.last_seen) if person.last_seen is not None else None,
    }
    if person.has_namesake:
        shape["hasNamesake"] = True
    if person.is_guest:
        shape["isGuest"] = True
    if person.is_bot:
        shape["isBot"] = True
    if person.username.startswith(REMOVED_PREFIX):
        shape["isRemoved"] = True
    if person.profile_revision:
        _add_profile(shape, person)
    return shape


def _add_profile(shape: UserShape, person: Person) -> None:
    """Adds what there is."""
    shape["profileRevision"] = person.profile_revision
    if person.status_text:
        shape["statusText"] = person.status_text
    if person.time_zone:
        shape["timeZone"] = person.time_zone
    if person.picture:
        shape["picture"] = person.picture


def profile(found: Profile) -> ProfileShape:
    shape: ProfileShape = {
        "username": found.username,
        "firstName": found.first_name,
        "lastName": found.last_name,
        "statusText": found.status_text,
        "timeZone": found.time_zone,
        "picture": found.picture or None,
        "profileRevision": found.revision,
    }
    if found.is_guest:
        shape["isGuest"] = True
    if found.is_bot:
        shape["isBot"] = True
    if found.username.startswith(REMOVED_PREFIX):
        shape["isRemoved"] = True
    return shape


def renamed(one: Renamed) -> RenamedShape:
    shape: RenamedShape = {"number": one.number, "username": one.username, "newUsername": one.new_username}
    if one.new_username.startswith(REMOVED_PREFIX):
        shape["isRemoved"] = True
    return shape


def renamed_earlier(one: Renamed | PersonRemoved) -> RenamedShape | PersonRemovedShape:
    if isinstance(one, PersonRemoved):
        return {"number": one.number, "isRemoved": True}
    return renamed(one)
