"""Usernames by user id, from a cache, and what they were before. `username_changes.py` changes them."""

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select

from chatapp.actions.sessions import Caller
from chatapp.extensions import db
from chatapp.models.tables import USERNAME_CHANGES, USERS
from chatapp.models.user import SEE_FEW
from chatapp.prepared_statements import cached, row_or_none, tuples
from chatapp.username_rule import REMOVED_PREFIX
from chatapp.visibility import is_named_to, met_at

USERNAME = select(USERS.c.username).where(USERS.c.id == bindparam("key"))
LAST_NUMBER = select(func.coalesce(func.max(USERNAME_CHANGES.c.number), 0))
OF_CALLER = (
    select(USERNAME_CHANGES.c.number)
    .where(USERNAME_CHANGES.c.username == bindparam("username"), USERNAME_CHANGES.c.user_id == bindparam("user_id"))
    .limit(1)
)


def usernames_of(user_ids: Set[int]) -> Mapping[int, str]:
    """Usernames by user id, for these users and possibly more.

    Each is read once, until anybody's changes: the number of the last change is asked for each time, so that every
    process notices. A join with the messages would take a quarter of the time to read a page of fifty.
    """
    return cached(USERNAME, user_ids, last_number())


_IS_REMOVAL = USERNAME_CHANGES.c.new_username.startswith(REMOVED_PREFIX)

CLOCKS_APART = timedelta(minutes=1)
"""A change may be committed after its time, and processes may have different ones. A name that was changed so shortly
before somebody came may have been seen by them."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """A change of a username: whose, and from which name to which."""

    number: int
    user_id: int
    username: str
    new_username: str


@dataclass(frozen=True, slots=True)
class PersonRemoved:
    """The change of a username by which somebody was removed, without the names."""

    number: int


def is_name_of(caller: Caller, username: str) -> bool:
    """Whether this is the caller's username, or one that they had."""
    if username == caller.username:
        return True
    return row_or_none(OF_CALLER, username=username, user_id=caller.user_id) is not None


def last_number() -> int:
    """The number of the last change; 0 if there was none."""
    return int(tuples(LAST_NUMBER)[0][0])


def changes_after(number: int) -> list[Renamed]:
    """The changes with a higher number, in order, also those by which people were removed."""
    return [_renamed(row) for row in db.session.execute(_after(number))]


def changes_known_to(viewer: Caller, number: int) -> list[Renamed | PersonRemoved]:
    """The changes with a higher number, in order, that the viewer may need: of people whose names they read, and whose
    former name they may have seen. A removal says only that somebody was removed, so that no name leads to another."""
    is_named = USERS.c.removed_at.is_(None) & is_named_to(viewer.user_id, viewer.role)
    rows = db.session.execute(_after(number).where(or_(_IS_REMOVAL, is_named))).all()
    renamed_ids = {row.user_id for row in rows if not _is_removal(row)}
    arrived_at, met = _since(viewer, renamed_ids)
    changes: list[Renamed | PersonRemoved] = []
    for row in rows:
        if _is_removal(row):
            changes.append(PersonRemoved(row.number))
        elif row.changed_at > met.get(row.user_id, arrived_at) - CLOCKS_APART:
            changes.append(_renamed(row))
    return changes


def _since(viewer: Caller, user_ids: set[int]) -> tuple[datetime, dict[int, datetime]]:
    """When the viewer got their account; and where they see few, since when they have read these others' names."""
    query = select(USERS.c.created_at).where(USERS.c.id == viewer.user_id)
    arrived_at = db.session.execute(query).scalar_one()
    others = user_ids - {viewer.user_id}
    if viewer.role not in SEE_FEW or not others:
        return arrived_at, {}
    return arrived_at, {row.user_id: row.met_at for row in db.session.execute(met_at(viewer.user_id, others))}


def _after(number: int) -> Select[Any]:
    return (
        select(USERNAME_CHANGES)
        .join(USERS, USERS.c.id == USERNAME_CHANGES.c.user_id)
        .where(USERNAME_CHANGES.c.number > number)
        .order_by(USERNAME_CHANGES.c.number)
    )


def _is_removal(row: Any) -> bool:
    return bool(row.new_username.startswith(REMOVED_PREFIX))


def _renamed(row: Any) -> Renamed:
    return Renamed(row.number, row.user_id, row.username, row.new_username)


def present_names(user_ids: Collection[int]) -> dict[int, str]:
    """The usernames of these users by id, as they are stored now."""
    return {
        row.id: row.username
        for row in db.session.execute(select(USERS.c.id, USERS.c.username).where(USERS.c.id.in_(user_ids)))
    }
