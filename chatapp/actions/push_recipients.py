"""Who is to be notified of a conversation's new messages, and in which browsers: found by one query."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, or_, select

from chatapp.actions.lookup import hidden_up_to, read_up_to
from chatapp.actions.mentions import mentions_after, unread_mentions
from chatapp.actions.push_messages import Place, RecentMessage, blocks_among
from chatapp.clock import now
from chatapp.models.conversation import GROUP
from chatapp.models.preference import DEFAULT, MENTIONS, NONE
from chatapp.models.tables import (
    CONVERSATION_PREFERENCES,
    CONVERSATIONS,
    MEMBERSHIPS,
    PUSH_SUBSCRIPTIONS,
    SESSIONS,
    USER_SETTINGS,
    USERS,
)
from chatapp.prepared_statements import rows
from chatapp.quiet_hours import is_quiet

_OTHER = MEMBERSHIPS.alias()
_IS_GROUP = CONVERSATIONS.c.kind == GROUP
_PREFERENCE = (
    (CONVERSATION_PREFERENCES.c.user_id == MEMBERSHIPS.c.user_id)
    & (CONVERSATION_PREFERENCES.c.is_group == _IS_GROUP)
    & (
        CONVERSATION_PREFERENCES.c.target_id
        == case((_IS_GROUP, CONVERSATIONS.c.id), else_=func.coalesce(_OTHER.c.user_id, MEMBERSHIPS.c.user_id))
    )
)
_OTHER_OF_DIRECT: ColumnElement[bool] = (
    (CONVERSATIONS.c.kind != GROUP)
    & (_OTHER.c.conversation_id == CONVERSATIONS.c.id)
    & (_OTHER.c.user_id != MEMBERSHIPS.c.user_id)
)
_IS_VALID = SESSIONS.c.revoked_at.is_(None) & (SESSIONS.c.expires_at > bindparam("at"))

SUBSCRIBERS = (
    select(
        PUSH_SUBSCRIPTIONS.c.session_id,
        PUSH_SUBSCRIPTIONS.c.user_id,
        PUSH_SUBSCRIPTIONS.c.endpoint,
        PUSH_SUBSCRIPTIONS.c.client_key,
        PUSH_SUBSCRIPTIONS.c.client_secret,
        PUSH_SUBSCRIPTIONS.c.page,
        PUSH_SUBSCRIPTIONS.c.language,
        CONVERSATIONS.c.shares_history,
        CONVERSATIONS.c.erased_sequence,
        MEMBERSHIPS.c.read_sequence,
        MEMBERSHIPS.c.joined_sequence,
        CONVERSATION_PREFERENCES.c.level,
        USER_SETTINGS.c.do_not_disturb,
        USER_SETTINGS.c.shows_content,
    )
    .select_from(MEMBERSHIPS)
    .join(CONVERSATIONS, CONVERSATIONS.c.id == MEMBERSHIPS.c.conversation_id)
    .join(PUSH_SUBSCRIPTIONS, PUSH_SUBSCRIPTIONS.c.user_id == MEMBERSHIPS.c.user_id)
    .join(SESSIONS, (SESSIONS.c.id == PUSH_SUBSCRIPTIONS.c.session_id) & _IS_VALID)
    .join(USERS, (USERS.c.id == MEMBERSHIPS.c.user_id) & USERS.c.is_active)
    .outerjoin(_OTHER, _OTHER_OF_DIRECT)
    .outerjoin(CONVERSATION_PREFERENCES, _PREFERENCE)
    .outerjoin(USER_SETTINGS, USER_SETTINGS.c.user_id == MEMBERSHIPS.c.user_id)
    .where(MEMBERSHIPS.c.conversation_id == bindparam("conversation_id"))
)

UNREAD = (
    select(
        CONVERSATIONS.c.id,
        MEMBERSHIPS.c.user_id,
        CONVERSATIONS.c.last_sequence,
        CONVERSATIONS.c.shares_history,
        CONVERSATIONS.c.erased_sequence,
        MEMBERSHIPS.c.read_sequence,
        MEMBERSHIPS.c.joined_sequence,
        CONVERSATION_PREFERENCES.c.level,
        CONVERSATION_PREFERENCES.c.unread_from,
    )
    .select_from(MEMBERSHIPS)
    .join(CONVERSATIONS, CONVERSATIONS.c.id == MEMBERSHIPS.c.conversation_id)
    .outerjoin(_OTHER, _OTHER_OF_DIRECT)
    .outerjoin(CONVERSATION_PREFERENCES, _PREFERENCE)
    .where(
        MEMBERSHIPS.c.user_id == bindparam("user_id"),
        or_(
            CONVERSATIONS.c.last_sequence > MEMBERSHIPS.c.read_sequence,
            CONVERSATION_PREFERENCES.c.unread_from.is_not(None),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Notification:
    """What one browser is to show: the newest message that notifies its user, and how many do that they have not read.
    `subscriber` is a row of SUBSCRIBERS."""

    subscriber: Any
    message: RecentMessage
    count: int


def subscribers_of(conversation_id: int) -> Sequence[Any]:
    """The browsers of the members that are sent notifications, as rows of SUBSCRIBERS."""
    return rows(SUBSCRIBERS, conversation_id=conversation_id, at=now())


def notifications_of(
    place: Place, messages: Sequence[RecentMessage], subscribers: Sequence[Any], after: int
) -> list[Notification]:
    """Those for messages after the sequence `after`, without what has been read meanwhile."""
    at = now()
    blocks = blocks_among({message.sender_id for message in messages})
    found = []
    for subscriber in subscribers:
        unread = [one for one in messages if notifies(one, subscriber, place, blocks)]
        if unread and unread[-1].sequence > after and not is_quiet(subscriber.do_not_disturb, at):
            found.append(Notification(subscriber, unread[-1], len(unread)))
    return found


def unread_conversations(user_id: int) -> Sequence[Any]:
    """The conversations of a user that have unread messages or are marked as unread, as rows of UNREAD."""
    return rows(UNREAD, user_id=user_id)


def unread_total(user_id: int) -> int:
    """How many unread messages the badge of the installed app shows: of a muted conversation none, or only those that
    mention the user."""
    found = [row for row in unread_conversations(user_id) if row.level != NONE]
    mentions = unread_mentions(user_id) if any(row.level == MENTIONS for row in found) else {}
    return sum(_count_in(row, mentions.get(row.id, set())) for row in found)


def _count_in(row: Any, mentions: Set[int]) -> int:
    """How many messages of a conversation the badge counts. `mentions` are those after the read watermark."""
    after = read_up_to(row.read_sequence, row.unread_from, hidden_up_to(row))
    if row.level != MENTIONS:
        unread: int = row.last_sequence - after
        return max(0, unread)
    if after < row.read_sequence:
        mentions = mentions_after(row.id, row.user_id, after)
    return sum(sequence > after for sequence in mentions)


def notifies(message: RecentMessage, member: Any, place: Place, blocks: set[tuple[int, int]]) -> bool:
    """Whether a message notifies a member who has not read it. `member` is a row of SUBSCRIBERS or of UNREAD, and
    `blocks` are those among the senders."""
    user_id = member.user_id
    is_unread = message.sequence > max(member.read_sequence, hidden_up_to(member))
    is_own = message.sender_id == user_id or (user_id, message.sender_id) in blocks
    return is_unread and not is_own and message.notifies(user_id, member.level or DEFAULT, place)
