"""The statements that read overviews: of all conversations, and what only groups have.

Each statement has variants: for all conversations of a user, for all members of a conversation, and for one member.

A list of ten thousand conversations spends half of its time in the driver, by the column. So nine in ten
conversations, which are direct, are read without what only groups have, and in no order.
"""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, case, func, select, type_coerce

from chatapp.actions.group_details import DETAILS_AS_STORED
from chatapp.actions.thread_roots import PARENTS, ROOT_COLUMNS
from chatapp.models.conversation import DIRECT, GROUP
from chatapp.models.tables import CONVERSATION_PREFERENCES, CONVERSATIONS, MEMBERSHIPS, MESSAGES

LISTED_MEMBERS = 50
"""A larger group is listed without its members."""

_IS_OF_USER = MEMBERSHIPS.c.user_id == bindparam("user_id")
_OTHER = MEMBERSHIPS.alias()


def _of_conversation(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return column == bindparam("conversation_id")


_ACTIVITY = func.coalesce(
    type_coerce(CONVERSATIONS.c.last_message_at, BigInteger), type_coerce(CONVERSATIONS.c.created_at, BigInteger)
)
_HAS_MENTIONS = case((MESSAGES.c.mentions.is_not(None), 1))
_OVERVIEWS = (
    select(
        _ACTIVITY,
        CONVERSATIONS.c.id,
        CONVERSATIONS.c.direct_key,
        type_coerce(CONVERSATIONS.c.created_at, BigInteger),
        CONVERSATIONS.c.erased_sequence,
        CONVERSATIONS.c.last_sequence,
        CONVERSATIONS.c.revision,
        MEMBERSHIPS.c.user_id,
        MEMBERSHIPS.c.user_revision,
        MEMBERSHIPS.c.delivered_sequence,
        MEMBERSHIPS.c.read_sequence,
        _OTHER.c.user_id,
        _OTHER.c.delivered_sequence,
        _OTHER.c.read_sequence,
        MESSAGES.c.sender_id,
        MESSAGES.c.content,
        MESSAGES.c.client_id,
        type_coerce(MESSAGES.c.created_at, BigInteger),
        MESSAGES.c.revision,
        func.coalesce(MESSAGES.c.changed_revision, MESSAGES.c.reply_to, MESSAGES.c.forwarded_from_id, _HAS_MENTIONS),
    )
    .select_from(CONVERSATIONS)
    .join(MEMBERSHIPS, MEMBERSHIPS.c.conversation_id == CONVERSATIONS.c.id)
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
)
ID, DIRECT_KEY, USER_ID, SENDER_ID = 1, 2, 7, 14
"""Places in a row of these statements. A row begins with the time of the last activity and the id: their order is that
of the list."""

OVERVIEWS_OF_USER = _OVERVIEWS.where(_IS_OF_USER)
OVERVIEWS_OF_CONVERSATION = _OVERVIEWS.where(_of_conversation(CONVERSATIONS.c.id))
OVERVIEW_OF_MEMBER = OVERVIEWS_OF_CONVERSATION.where(_IS_OF_USER)

_GROUPS = (
    select(
        CONVERSATIONS.c.id,
        *DETAILS_AS_STORED,
        *ROOT_COLUMNS,
        MEMBERSHIPS.c.user_id,
        MEMBERSHIPS.c.role,
        MEMBERSHIPS.c.joined_sequence,
        CONVERSATION_PREFERENCES.c.level,
        CONVERSATION_PREFERENCES.c.unread_from,
        CONVERSATION_PREFERENCES.c.user_revision.label("preferences_revision"),
    )
    .join(MEMBERSHIPS, MEMBERSHIPS.c.conversation_id == CONVERSATIONS.c.id)
    .outerjoin(PARENTS, PARENTS.c.id == CONVERSATIONS.c.parent_id)
    .outerjoin(
        CONVERSATION_PREFERENCES,
        (CONVERSATION_PREFERENCES.c.user_id == MEMBERSHIPS.c.user_id)
        & CONVERSATION_PREFERENCES.c.is_group
        & (CONVERSATION_PREFERENCES.c.target_id == CONVERSATIONS.c.id),
    )
    .where(CONVERSATIONS.c.kind == GROUP)
)
GROUPS_OF_USER = _GROUPS.where(_IS_OF_USER)
GROUPS_OF_CONVERSATION = _GROUPS.where(_of_conversation(CONVERSATIONS.c.id))
GROUP_OF_MEMBER = GROUPS_OF_CONVERSATION.where(_IS_OF_USER)

DIRECT_PREFERENCES = select(
    CONVERSATION_PREFERENCES.c.target_id,
    CONVERSATION_PREFERENCES.c.level,
    CONVERSATION_PREFERENCES.c.unread_from,
    CONVERSATION_PREFERENCES.c.user_revision,
).where(CONVERSATION_PREFERENCES.c.user_id == bindparam("user_id"), ~CONVERSATION_PREFERENCES.c.is_group)

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
    .join(_OTHER, _OTHER.c.conversation_id == CONVERSATIONS.c.id)
    .where(
        CONVERSATIONS.c.kind == GROUP,
        # By the id of the conversation, so that SQLite counts in groups only.
        select(func.count())
        .select_from(_COUNTED)
        .where(_COUNTED.c.conversation_id == CONVERSATIONS.c.id)
        .scalar_subquery()
        <= LISTED_MEMBERS,
    )
)
MEMBERS_OF_USER: Select[Any] = _MEMBERS.where(_IS_OF_USER)
MEMBERS_OF_CONVERSATION = MEMBERS_OF_USER.where(_of_conversation(MEMBERSHIPS.c.conversation_id))
