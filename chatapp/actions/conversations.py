"""Overviews of the caller's conversations, for the list.

A user may have ten thousand conversations. One statement reads all of them, each with its newest message and, if it is
direct, with the other member.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, bindparam, case, func, select, type_coerce

from chatapp.actions.group_details import DETAILS_AS_STORED
from chatapp.actions.listed_members import members_by_group
from chatapp.actions.mentions import unread_mentions
from chatapp.actions.overview import NOWHERE, Overview
from chatapp.actions.sessions import Caller
from chatapp.actions.sharing import ReadsShown, hidden_readers
from chatapp.actions.thread_roots import PARENTS, ROOT_COLUMNS
from chatapp.actions.usernames import usernames_of
from chatapp.journal import Journal
from chatapp.models.conversation import DIRECT, GROUP
from chatapp.models.tables import CONVERSATION_PREFERENCES, CONVERSATIONS, MEMBERSHIPS, MESSAGES
from chatapp.prepared_statements import rows, tuples

LISTED_MEMBERS = 50
"""A larger group is listed without its members."""


SINGLE_LOOKUPS = 20
"""Up to this count, overviews of members are read one by one. For more it is cheaper to read those of all members."""

_OTHER = MEMBERSHIPS.alias()
_ACTIVITY = func.coalesce(
    type_coerce(CONVERSATIONS.c.last_message_at, BigInteger), type_coerce(CONVERSATIONS.c.created_at, BigInteger)
)
_MENTIONS = case((MESSAGES.c.mentions.is_not(None), 1))
OVERVIEWS = (
    select(
        CONVERSATIONS.c.id,
        CONVERSATIONS.c.direct_key,
        type_coerce(CONVERSATIONS.c.created_at, BigInteger).label("created_at"),
        *DETAILS_AS_STORED,
        CONVERSATIONS.c.last_sequence,
        CONVERSATIONS.c.revision,
        *ROOT_COLUMNS,
        MEMBERSHIPS.c.user_id,
        MEMBERSHIPS.c.role,
        MEMBERSHIPS.c.joined_sequence,
        MEMBERSHIPS.c.delivered_sequence,
        MEMBERSHIPS.c.read_sequence,
        MEMBERSHIPS.c.user_revision,
        _OTHER.c.user_id.label("other_id"),
        _OTHER.c.delivered_sequence.label("other_delivered"),
        _OTHER.c.read_sequence.label("other_read"),
        MESSAGES.c.sender_id,
        MESSAGES.c.content,
        MESSAGES.c.client_id,
        type_coerce(MESSAGES.c.created_at, BigInteger).label("sent_at"),
        MESSAGES.c.revision.label("message_revision"),
        MESSAGES.c.changed_revision,
        func.coalesce(MESSAGES.c.reply_to, MESSAGES.c.forwarded_from_id, _MENTIONS).label("has_state"),
        CONVERSATION_PREFERENCES.c.level,
        CONVERSATION_PREFERENCES.c.unread_from,
        CONVERSATION_PREFERENCES.c.user_revision.label("preferences_revision"),
    )
    .join(MEMBERSHIPS, MEMBERSHIPS.c.conversation_id == CONVERSATIONS.c.id)
    .outerjoin(PARENTS, PARENTS.c.id == CONVERSATIONS.c.parent_id)
    .outerjoin(
        _OTHER,
        (CONVERSATIONS.c.kind == DIRECT)
        & (_OTHER.c.conversation_id == CONVERSATIONS.c.id)
        & (_OTHER.c.user_id != MEMBERSHIPS.c.user_id),
    )
    .outerjoin(
        MESSAGES,
        (MESSAGES.c.conversation_id == CONVERSATIONS.c.id) & (MESSAGES.c.sequence == CONVERSATIONS.c.last_sequence),
    )
    .outerjoin(
        CONVERSATION_PREFERENCES,
        (CONVERSATION_PREFERENCES.c.user_id == MEMBERSHIPS.c.user_id)
        & (CONVERSATION_PREFERENCES.c.is_group == (CONVERSATIONS.c.kind == GROUP))
        & (
            CONVERSATION_PREFERENCES.c.target_id
            == case(
                (CONVERSATIONS.c.kind == GROUP, CONVERSATIONS.c.id),
                else_=func.coalesce(_OTHER.c.user_id, MEMBERSHIPS.c.user_id),
            )
        ),
    )
)
OVERVIEWS_OF_USER = OVERVIEWS.where(MEMBERSHIPS.c.user_id == bindparam("user_id")).order_by(
    _ACTIVITY.desc(), CONVERSATIONS.c.id.desc()
)
OVERVIEWS_OF_CONVERSATION = OVERVIEWS.where(CONVERSATIONS.c.id == bindparam("conversation_id"))
OVERVIEW_OF_MEMBER = OVERVIEWS_OF_CONVERSATION.where(MEMBERSHIPS.c.user_id == bindparam("user_id"))

_COUNTED = MEMBERSHIPS.alias()
_MEMBERS = (
    select(
        _OTHER.c.conversation_id,
        _OTHER.c.user_id,
        _OTHER.c.delivered_sequence,
        _OTHER.c.read_sequence,
        _OTHER.c.role,
    )
    .select_from(MEMBERSHIPS)
    .join(CONVERSATIONS, CONVERSATIONS.c.id == MEMBERSHIPS.c.conversation_id)
    .join(_OTHER, _OTHER.c.conversation_id == MEMBERSHIPS.c.conversation_id)
    .where(
        MEMBERSHIPS.c.user_id == bindparam("user_id"),
        CONVERSATIONS.c.kind == GROUP,
        select(func.count())
        .select_from(_COUNTED)
        .where(_COUNTED.c.conversation_id == MEMBERSHIPS.c.conversation_id)
        .scalar_subquery()
        <= LISTED_MEMBERS,
    )
)
MEMBERS_OF_USER = _MEMBERS
MEMBERS_OF_CONVERSATION = _MEMBERS.where(MEMBERSHIPS.c.conversation_id == bindparam("conversation_id"))


def list_conversations(journal: Journal, caller: Caller) -> list[Overview]:
    """All of the caller's conversations, the most recent activity (newest message, or creation) first."""
    journal.flush_watermarks_for_read()
    groups = members_by_group(tuples(MEMBERS_OF_USER, user_id=caller.user_id))
    reads = ReadsShown(caller.user_id, hidden_readers())
    found, mentioned = rows(OVERVIEWS_OF_USER, user_id=caller.user_id), unread_mentions(caller.user_id)
    names = _names_in(found)
    overviews = [Overview(row, names, groups.get(row.id), reads) for row in found]
    for overview in overviews:
        overview.mentions = mentioned.get(overview.row.id, NOWHERE)
    return overviews


def overviews_of_members(conversation_id: int, user_ids: Iterable[int]) -> Mapping[int, Overview]:
    """One conversation as seen by each of these users, by user id. Users who are not members are left out."""
    wanted = set(user_ids)
    if len(wanted) <= SINGLE_LOOKUPS:
        member_rows = [
            row
            for user_id in wanted
            for row in rows(OVERVIEW_OF_MEMBER, conversation_id=conversation_id, user_id=user_id)
        ]
    else:
        found = rows(OVERVIEWS_OF_CONVERSATION, conversation_id=conversation_id)
        member_rows = [row for row in found if row.user_id in wanted]
    if not member_rows:
        return {}
    groups = members_by_group(
        tuples(MEMBERS_OF_CONVERSATION, user_id=member_rows[0].user_id, conversation_id=conversation_id)
    )
    names = _names_in(member_rows)
    hidden = hidden_readers()
    reads = {row.user_id: ReadsShown(row.user_id, hidden) for row in member_rows}
    seen = [Overview(row, names, groups.get(row.id), reads[row.user_id]) for row in member_rows]
    return {overview.row.user_id: overview for overview in seen}


def _names_in(found: Sequence[Any]) -> Mapping[int, str]:
    """The usernames of the members and of the senders of the newest messages in these rows of OVERVIEWS."""
    senders = {row.sender_id for row in found if row.sender_id is not None and row.direct_key is None}
    return usernames_of({*senders, *(row.user_id for row in found)}) if found else {}
