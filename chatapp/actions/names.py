"""Whose message it is."""

from collections.abc import Mapping, Set

from flask import current_app
from sqlalchemy import bindparam, select

from chatapp.models.tables import USERS
from chatapp.reading import tuples

USERNAME = select(USERS.c.username).where(USERS.c.id == bindparam("user_id"))


def usernames_of(user_ids: Set[int]) -> Mapping[int, str]:
    """Usernames by user id, of these users at least.

    A username never changes, so what has been read is kept: joining the users to a page of fifty messages costs a
    quarter of reading it.
    """
    kept: dict[int, str] = current_app.extensions["chatapp.usernames"]
    for user_id in user_ids - kept.keys():
        kept[user_id] = tuples(USERNAME, user_id=user_id)[0][0]
    return kept
