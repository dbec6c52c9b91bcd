"""Usernames by user id, from a cache."""

from collections.abc import Mapping, Set

from sqlalchemy import bindparam, select

from chatapp.models.tables import USERS
from chatapp.prepared_statements import cached

USERNAME = select(USERS.c.username).where(USERS.c.id == bindparam("key"))


def usernames_of(user_ids: Set[int]) -> Mapping[int, str]:
    """Usernames by user id, for these users and possibly more.

    A username never changes, so each is read once. A join with the messages would take a quarter of the time to read a
    page of fifty.
    """
    return cached(USERNAME, user_ids)
