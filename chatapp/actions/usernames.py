"""Usernames by user id, from a cache, and what they were before. `username_changes.py` changes them."""

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from chatapp.actions.sessions import Caller
from chatapp.extensions import db
from chatapp.models.tables import USERNAME_CHANGES, USERS
from chatapp.prepared_statements import cached, row_or_none, tuples
from chatapp.visibility import is_named_to

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


@dataclass(frozen=True, slots=True)
class Renamed:
    """A change of a username: whose, and from which name to which."""

    number: int
    user_id: int
    username: str
    new_username: str


def is_name_of(caller: Caller, username: str) -> bool:
    """Whether this is the caller's username, or one that they had."""
    if username == caller.username:
        return True
    return row_or_none(OF_CALLER, username=username, user_id=caller.user_id) is not None


def last_number() -> int:
    """The number of the last change; 0 if there was none."""
    return int(tuples(LAST_NUMBER)[0][0])


def changes_after(number: int, viewer: Caller | None = None) -> list[Renamed]:
    """The changes with a higher number, in order, of those people whose names the viewer reads."""
    query = (
        select(USERNAME_CHANGES)
        .join(USERS, USERS.c.id == USERNAME_CHANGES.c.user_id)
        .where(USERNAME_CHANGES.c.number > number)
        .order_by(USERNAME_CHANGES.c.number)
    )
    if viewer is not None:
        query = query.where(is_named_to(viewer.user_id, viewer.role))
    return [Renamed(row.number, row.user_id, row.username, row.new_username) for row in db.session.execute(query)]


def present_names(user_ids: Collection[int]) -> dict[int, str]:
    """The usernames of these users by id, as they are stored now."""
    return {
        row.id: row.username
        for row in db.session.execute(select(USERS.c.id, USERS.c.username).where(USERS.c.id.in_(user_ids)))
    }
