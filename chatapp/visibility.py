"""Who sees whom: the one rule, for every place that lists, finds or announces people.

Everybody sees everybody, but a guest sees only themselves and the people with whom they share a conversation: the
members of their groups, and whoever they have private messages with. Whom a guest does not see does not exist for them.
A bot sees as little: wherever this rule says guest, it means both (`models.user.SEE_FEW`).

What a message says stays as it is for all who may read it: the username of a member who has left, of the author of a
forwarded message, or of somebody in its text.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select, true

from chatapp.models.base import Instant
from chatapp.models.tables import CONVERSATIONS, FORMER_MEMBERSHIPS, MEMBERSHIPS, USERNAME_CHANGES, USERS
from chatapp.models.user import SEE_FEW

_OTHER = MEMBERSHIPS.alias()


def _shared(*columns: Any) -> Select[Any]:
    """Pairs of memberships in one conversation: one's own (MEMBERSHIPS), and another's (_OTHER) or the same."""
    return select(*columns).join_from(MEMBERSHIPS, _OTHER, _OTHER.c.conversation_id == MEMBERSHIPS.c.conversation_id)


def _parted(*columns: Any) -> Select[Any]:
    """Pairs of one's own membership (MEMBERSHIPS) and another's in the same conversation that has ended since it began
    (FORMER_MEMBERSHIPS), or that ended at any time if the history is shared."""
    same = FORMER_MEMBERSHIPS.c.conversation_id == MEMBERSHIPS.c.conversation_id
    known = or_(CONVERSATIONS.c.shares_history, FORMER_MEMBERSHIPS.c.revision > MEMBERSHIPS.c.revision)
    return (
        select(*columns)
        .join_from(MEMBERSHIPS, FORMER_MEMBERSHIPS, same)
        .join(CONVERSATIONS, CONVERSATIONS.c.id == MEMBERSHIPS.c.conversation_id)
        .where(known)
    )


def _seen_by_guest(guest_id: Any) -> ColumnElement[bool]:
    sharing = _shared(_OTHER.c.user_id).where(MEMBERSHIPS.c.user_id == guest_id)
    return or_(USERS.c.id == guest_id, USERS.c.id.in_(sharing))


_FORMERLY = select(USERNAME_CHANGES.c.user_id).where(USERNAME_CHANGES.c.username == bindparam("username"))
USER_BY_NAME = select(USERS.c.id, USERS.c.username).where(
    or_(USERS.c.username == bindparam("username"), USERS.c.id.in_(_FORMERLY) & USERS.c.removed_at.is_(None))
)
"""A former username leads to whoever had it: it is reserved for them. That of a removed person leads nowhere, since
nothing links the two."""
USER_SEEN_BY_GUEST = USER_BY_NAME.where(_seen_by_guest(bindparam("guest_id")))

HIDDEN_RECEIVER = """EXISTS (SELECT 1 FROM "user" g
WHERE g.id = ? AND g.role IN ('guest', 'bot') AND g.id <> receiver.id AND NOT EXISTS (SELECT 1 FROM membership own
JOIN membership other ON other.conversation_id = own.conversation_id AND other.user_id = receiver.id
WHERE own.user_id = g.id))"""
"""For the journal: whether the sender, whose id is the parameter, does not see the outer statement's `receiver`."""


def is_seen_by(viewer_id: int, role: str) -> ColumnElement[bool]:
    """The condition that a viewer with this role sees the user, for a statement that reads the table of users."""
    return _seen_by_guest(viewer_id) if role in SEE_FEW else true()


def is_named_to(viewer_id: int, role: str) -> ColumnElement[bool]:
    """The condition that a viewer with this role hears of the user's other names, for a statement that reads the table
    of users. A guest also hears of those of former members, who stay named in what the guest has read."""
    parted = _parted(FORMER_MEMBERSHIPS.c.user_id).where(MEMBERSHIPS.c.user_id == viewer_id)
    return or_(_seen_by_guest(viewer_id), USERS.c.id.in_(parted)) if role in SEE_FEW else true()


def met_at(guest_id: int, user_ids: Collection[int]) -> Select[Any]:
    """Since when a guest has read the names of those of these users whose names they read, by id."""
    both_in = case((MEMBERSHIPS.c.joined_at > _OTHER.c.joined_at, MEMBERSHIPS.c.joined_at), else_=_OTHER.c.joined_at)
    own = MEMBERSHIPS.c.user_id == guest_id
    shared = _shared(_OTHER.c.user_id, both_in.label("met_at")).where(own, _OTHER.c.user_id.in_(user_ids))
    # When a former member joined is not known. The guest has not read their name before joining.
    parted = _parted(FORMER_MEMBERSHIPS.c.user_id, MEMBERSHIPS.c.joined_at.label("met_at"))
    meetings = shared.union_all(parted.where(own, FORMER_MEMBERSHIPS.c.user_id.in_(user_ids))).subquery()
    first = func.min(meetings.c.met_at, type_=Instant()).label("met_at")
    return select(meetings.c.user_id, first).group_by(meetings.c.user_id)


def who_parted(guest_ids: Collection[int], user_id: int) -> Select[Any]:
    """The ids of those guests who hear of the user's other names because the user was a member."""
    return _parted(MEMBERSHIPS.c.user_id).where(
        MEMBERSHIPS.c.user_id.in_(guest_ids), FORMER_MEMBERSHIPS.c.user_id == user_id
    )


def who_sees(guest_ids: Collection[int], user_ids: Collection[int]) -> Select[Any]:
    """The pairs of a guest and one of the users, by id, of whom the guest sees the user. A guest and the same guest is
    no such pair."""
    return (
        _shared(MEMBERSHIPS.c.user_id.label("guest_id"), _OTHER.c.user_id)
        .where(
            MEMBERSHIPS.c.user_id.in_(guest_ids),
            _OTHER.c.user_id.in_(user_ids),
            _OTHER.c.user_id != MEMBERSHIPS.c.user_id,
        )
        .distinct()
    )
