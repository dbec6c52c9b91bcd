"""What a person shows of themselves: their name, a status text, a time zone and a picture.

It reaches everybody else by `realtime/profiles.py`, and in every list of people. `profile_revision` tells two states of
a profile apart.
"""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, select

from chatapp.actions.audit import Actor, record
from chatapp.actions.managed_accounts import managed_by
from chatapp.actions.sessions import Caller
from chatapp.errors import NotFound, NotSignedIn
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.lookalikes import display_skeleton
from chatapp.models import Picture, User
from chatapp.models.tables import PICTURES, USERS
from chatapp.models.user import BOT, GUEST, SEE_FEW
from chatapp.notices import ProfileChanged
from chatapp.pictures.reencoding import reencode
from chatapp.prepared_statements import release_connection, row_or_none
from chatapp.profile_payloads import ChangeProfile
from chatapp.sign_in_errors import ManagedElsewhere
from chatapp.visibility import is_seen_by

HASH_CHARACTERS = 32
"""128 bits of SHA-256. Whoever made two pictures with one hash would have two pictures of their own."""

COLUMNS = (
    USERS.c.id,
    USERS.c.username,
    USERS.c.first_name,
    USERS.c.last_name,
    USERS.c.status_text,
    USERS.c.time_zone,
    USERS.c.picture,
    USERS.c.profile_revision,
    USERS.c.role,
)
PROFILE = select(*COLUMNS).where(USERS.c.id == bindparam("user_id"))
PICTURE = select(PICTURES.c.body).where(PICTURES.c.hash == bindparam("hash")).limit(1)


@dataclass(frozen=True, slots=True)
class Profile:
    """The status text, the time zone and the picture's hash may be empty. `revision` is 0 if nothing ever changed."""

    user_id: int
    username: str
    first_name: str
    last_name: str
    status_text: str
    time_zone: str
    picture: str
    revision: int
    is_guest: bool
    is_bot: bool


def profile_of(user_id: int) -> Profile:
    return _of(row_or_none(PROFILE, user_id=user_id))


def changed_profiles(user_ids: Collection[int] | None = None) -> list[Profile]:
    """The profiles of these users, or of all, that were ever changed."""
    query = select(*COLUMNS).where(USERS.c.profile_revision > 0)
    if user_ids is not None:
        query = query.where(USERS.c.id.in_(user_ids))
    return [_of(row) for row in db.session.execute(query)]


def picture_of(caller: Caller, picture_hash: str) -> bytes:
    """The picture of somebody whom the caller sees, as a WebP. Raises NotFound."""
    row = row_or_none(PICTURE, hash=picture_hash)
    if row is None or (caller.role in SEE_FEW and not _is_of_seen(caller, picture_hash)):
        raise NotFound("There is no such picture.")
    return bytes(row.body)


def _is_of_seen(caller: Caller, picture_hash: str) -> bool:
    query = (
        select(Picture.hash)
        .join(User, User.id == Picture.user_id)
        .where(Picture.hash == picture_hash, is_seen_by(caller.user_id, caller.role))
    )
    return db.session.scalar(query.limit(1)) is not None


def change_profile(journal: Journal, caller: Caller, wanted: ChangeProfile) -> Profile:
    """Changes what was given. A change of the name is recorded, since a name can be used to pose as somebody else.

    Raises ManagedElsewhere for a change of a name that is the directory's.
    """
    label = managed_by(caller.user_id)
    changes = {name: value for name in wanted.model_fields_set if (value := getattr(wanted, name)) is not None}

    def change(transaction: Transaction, user: User) -> None:
        before = _full_name(user)
        for name, value in changes.items():
            setattr(user, name, value)
        _note_name(transaction, user, before, caller.actor)
        if label is not None and _full_name(user) != before:
            raise ManagedElsewhere(f"Your name is changed in {label}.", managedBy=label)

    return _change(journal, caller, change)


def take_names(transaction: Transaction, user: User, first_name: str, last_name: str, actor: Actor) -> None:
    """Gives a user the names that they have elsewhere."""

    def change(transaction: Transaction, user: User) -> None:
        before = _full_name(user)
        user.first_name, user.last_name = first_name, last_name
        _note_name(transaction, user, before, actor)

    _changed(transaction, user.id, change)


def change_picture(journal: Journal, caller: Caller, data: bytes) -> Profile:
    """Stores the caller's picture, re-encoded. Raises PictureUnreadable, TooManyPixels and Unavailable."""
    release_connection()
    body = reencode(data)
    picture_hash = hashlib.sha256(body).hexdigest()[:HASH_CHARACTERS]

    def change(transaction: Transaction, user: User) -> None:
        transaction.session.merge(Picture(user_id=user.id, hash=picture_hash, body=body))
        user.picture = picture_hash

    return _change(journal, caller, change)


def remove_picture(journal: Journal, caller: Caller) -> Profile:
    """Removes the caller's picture, if there is one."""

    def change(transaction: Transaction, user: User) -> None:
        transaction.session.execute(delete(Picture).where(Picture.user_id == user.id))
        user.picture = ""

    return _change(journal, caller, change)


def _change(journal: Journal, caller: Caller, change: Callable[[Transaction, User], None]) -> Profile:
    """Changes the caller's row. Nothing is told to anybody if it stays as it is."""

    return journal.write(lambda transaction: _changed(transaction, caller.user_id, change))


def _changed(transaction: Transaction, user_id: int, change: Callable[[Transaction, User], None]) -> Profile:
    # Locked, so that no two changes take the same revision. Messages of the user, which refer to the row, go on.
    transaction.session.flush()
    user = transaction.session.get_one(User, user_id, populate_existing=True, with_for_update={"key_share": True})
    if user.removed_at is not None:
        raise NotSignedIn("Your session has ended. Please sign in again.")
    before = _of(user)
    change(transaction, user)
    if _of(user) == before:
        return before
    user.profile_revision += 1
    transaction.notices.append(ProfileChanged(user.id))
    return _of(user)


def _note_name(transaction: Transaction, user: User, before: str, actor: Actor) -> None:
    user.display_skeleton = display_skeleton(f"{user.first_name} {user.last_name}")
    if (after := _full_name(user)) != before:
        record(transaction, "name_changed", actor, user.username, before=before, after=after)


def _of(row: Any) -> Profile:
    return Profile(
        row.id,
        row.username,
        row.first_name,
        row.last_name,
        row.status_text,
        row.time_zone,
        row.picture,
        row.profile_revision,
        row.role == GUEST,
        row.role == BOT,
    )


def _full_name(user: User) -> str:
    return f"{user.first_name} {user.last_name}".strip()
