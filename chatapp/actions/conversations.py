"""Overviews of the caller's conversations, for the list.

A user may have ten thousand conversations. One statement reads all of them, each with its newest message and, if it is
direct, with the other member. What only groups have is read after that: so it is not older than the revision.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any

from chatapp.actions.listed_members import members_by_group
from chatapp.actions.mentions import unread_mentions
from chatapp.actions.overview import GroupPart, Overview, Viewer
from chatapp.actions.overview_statements import (
    DIRECT_KEY,
    DIRECT_PREFERENCES,
    GROUP_OF_MEMBER,
    GROUPS_OF_CONVERSATION,
    GROUPS_OF_USER,
    ID,
    MEMBERS_OF_CONVERSATION,
    MEMBERS_OF_USER,
    OVERVIEW_OF_MEMBER,
    OVERVIEWS_OF_CONVERSATION,
    OVERVIEWS_OF_USER,
    SENDER_ID,
    USER_ID,
)
from chatapp.actions.preferences import Preferences
from chatapp.actions.sessions import Caller
from chatapp.actions.sharing import ReadsShown, hidden_readers
from chatapp.actions.usernames import usernames_of
from chatapp.journal import Journal
from chatapp.prepared_statements import Statement, rows, tuples

SINGLE_LOOKUPS = 20
"""Up to this count, overviews of members are read one by one. For more it is cheaper to read those of all members."""


def list_conversations(journal: Journal, caller: Caller) -> list[Overview]:
    """All of the caller's conversations, the most recent activity (newest message, or creation) first."""
    journal.flush_watermarks_for_read()
    user_id = caller.user_id
    found = sorted(tuples(OVERVIEWS_OF_USER, user_id=user_id), reverse=True)
    group_rows = rows(GROUPS_OF_USER, user_id=user_id)
    members = members_by_group(tuples(MEMBERS_OF_USER, user_id=user_id))
    parts = {row.id: GroupPart(row, members.get(row.id)) for row in group_rows}
    reads, mentions = ReadsShown(user_id, hidden_readers()), unread_mentions(user_id)
    viewer = Viewer(user_id, _names_in(found, {user_id}), reads, _direct_preferences(user_id), mentions)
    # A group that the caller has left since the first statement has no part.
    return [
        Overview(row, viewer, parts.get(row[ID])) for row in found if row[DIRECT_KEY] is not None or row[ID] in parts
    ]


def overviews_of_members(conversation_id: int, user_ids: Iterable[int]) -> Mapping[int, Overview]:
    """One conversation as seen by each of these users, by user id. Users who are not members are left out."""
    wanted = set(user_ids)
    found = _of_members(tuples, OVERVIEW_OF_MEMBER, OVERVIEWS_OF_CONVERSATION, conversation_id, wanted)
    by_user = {row[USER_ID]: row for row in found if row[USER_ID] in wanted}
    if not by_user:
        return {}
    is_group = found[0][DIRECT_KEY] is None
    parts = _parts_for(conversation_id, by_user.keys()) if is_group else {}
    names, hidden = _names_in(found, by_user.keys()), hidden_readers()
    overviews = {}
    for user_id, row in by_user.items():
        if not is_group or user_id in parts:
            preferences = {} if is_group else _direct_preferences(user_id)
            viewer = Viewer(user_id, names, ReadsShown(user_id, hidden), preferences, None)
            overviews[user_id] = Overview(row, viewer, parts.get(user_id))
    return overviews


def _parts_for(conversation_id: int, user_ids: Set[int]) -> Mapping[int, GroupPart]:
    """What only groups have, of this group for each of these members, by user id."""
    found = _of_members(rows, GROUP_OF_MEMBER, GROUPS_OF_CONVERSATION, conversation_id, user_ids)
    anybody = next(iter(user_ids))
    listed = tuples(MEMBERS_OF_CONVERSATION, user_id=anybody, conversation_id=conversation_id)
    members = members_by_group(listed).get(conversation_id)
    return {row.user_id: GroupPart(row, members) for row in found}


def _of_members(
    read: Callable[..., Sequence[Any]], one: Statement, all_members: Statement, conversation_id: int, user_ids: Set[int]
) -> Sequence[Any]:
    """The rows for these members, or for all of them."""
    if len(user_ids) > SINGLE_LOOKUPS:
        return read(all_members, conversation_id=conversation_id)
    return [row for user_id in user_ids for row in read(one, conversation_id=conversation_id, user_id=user_id)]


def _names_in(found: Iterable[Any], user_ids: Set[int]) -> Mapping[int, str]:
    """The usernames of these users, and of the senders of groups' newest messages in rows of overviews."""
    senders = {row[SENDER_ID] for row in found if row[DIRECT_KEY] is None and row[SENDER_ID] is not None}
    return usernames_of(senders | user_ids)


def _direct_preferences(user_id: int) -> Mapping[int, Preferences]:
    """A user's preferences for direct conversations, by the id of the other member."""
    return {row[0]: Preferences(*row[1:]) for row in tuples(DIRECT_PREFERENCES, user_id=user_id)}
