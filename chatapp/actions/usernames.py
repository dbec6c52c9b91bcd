"""Whose message it is."""

from collections.abc import Mapping, Set

from sqlalchemy import bindparam, select

from chatapp.models.tables import USERS
from chatapp.prepared_statements import cached

USERNAME = select(USERS.c.username).where(USERS.c.id == bindparam("key"))


def usernames_of(user_ids: Set[int]) -> Mapping[int, str]:
    """Usernames by user id, of these users at least. Not joined to their messages, which would be a quarter of reading
    a page of fifty: a username never changes."""
    return cached(USERNAME, user_ids)
