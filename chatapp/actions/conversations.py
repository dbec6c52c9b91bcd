"""Groups: make one, find one's own. Conversations: list them, newest activity first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from chatapp.actions.accounts import Caller
from chatapp.actions.lookup import find_group
from chatapp.actions.messages import Lowest, Page, lowest_watermark, newest_messages, newest_of_group
from chatapp.actions.people import Person, members_of
from chatapp.clock import now
from chatapp.errors import NotFound
from chatapp.extensions import db
from chatapp.journal import Journal, StoredMessage, Transaction
from chatapp.models import Conversation, Membership, Message, User
from chatapp.models.conversation import GROUP, other_of
from chatapp.models.membership import ADMIN, MEMBER
from chatapp.notices import GroupCreated
from chatapp.payloads import NewGroup

GROUP_PAGE = 20
"""How many of its newest messages a group carries where groups are listed; the rest is at `GET /messages`."""
LISTED_MEMBERS = 50
"""Larger conversations are listed without their members' watermarks."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group as a member sees it: everybody in it, and its newest messages with whether each is delivered to all."""

    conversation_id: int
    name: str
    created_at: datetime
    users: list[Person]
    messages: Page | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A member's watermarks."""

    username: str
    delivered: int
    read: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A conversation in the caller's list."""

    receiver: str
    is_group: bool
    name: str
    last_message: StoredMessage | None
    lowest: Lowest
    last_sequence: int
    read_sequence: int
    unread: int
    members: list[Progress]


def create_group(journal: Journal, caller: Caller, new: NewGroup) -> Group:
    """Makes a group of the named users and the caller.

    Raises NotFound, naming who does not exist; then nothing is made.
    """
    usernames = {user.username for user in new.users} | {caller.username}
    number = journal.write(lambda transaction: _insert_group(transaction, caller, new.group_name, usernames))
    return groups_of(caller, number)[0]


def group_of(caller: Caller, group_id: str) -> Group:
    """One group of the caller's. Raises NotFound, or NotAMember for a group of others."""
    place = find_group(caller, group_id)
    return groups_of(caller, place.conversation_id)[0]


def group_to_announce(conversation_id: int) -> tuple[str, list[int]]:
    """A group's name, and the ids of its members."""
    name = db.session.scalar(select(Conversation.name).where(Conversation.id == conversation_id))
    query = select(Membership.user_id).where(Membership.conversation_id == conversation_id)
    return name or "", list(db.session.scalars(query))


def groups_of(caller: Caller, only: int | None = None) -> list[Group]:
    """The groups that the caller is in, oldest first; or one of them."""
    query = (
        select(Conversation.id, Conversation.name, Conversation.created_at, Conversation.last_sequence)
        .join(Membership, Membership.conversation_id == Conversation.id)
        .where(Membership.user_id == caller.user_id, Conversation.kind == GROUP)
        .order_by(Conversation.id)
    )
    rows = db.session.execute(query if only is None else query.where(Conversation.id == only)).all()
    users = members_of([row.id for row in rows])
    return [Group(row.id, row.name or "", row.created_at, users[row.id], _newest_page(row)) for row in rows]


def list_conversations(journal: Journal, caller: Caller) -> list[Overview]:
    """All of the caller's conversations, the one with the newest message (or creation) first."""
    journal.settle_for_reading()
    rows = db.session.execute(_overviews(caller)).all()
    members = _progress([row.id for row in rows])
    return [_overview(caller, row, lowest_watermark(row.id), members.get(row.id, [])) for row in rows]


def _insert_group(transaction: Transaction, caller: Caller, name: str, usernames: set[str]) -> int:
    query = select(User.username, User.id).where(User.username.in_(usernames), User.is_active)
    found = {row.username: row.id for row in transaction.session.execute(query)}
    if missing := sorted(usernames - found.keys()):
        raise NotFound("These users do not exist: " + ", ".join(missing[:10]) + ".", usernames=missing[:100])
    at = now()
    group = Conversation(kind=GROUP, name=name, created_by=caller.user_id, created_at=at, last_sequence=0)
    transaction.session.add(group)
    transaction.session.flush()
    for user_id in sorted(found.values()):
        role = ADMIN if user_id == caller.user_id else MEMBER
        transaction.session.add(Membership(conversation_id=group.id, user_id=user_id, role=role, joined_at=at))
    transaction.notices.append(GroupCreated(group.id))
    return group.id


def _newest_page(row: Any) -> Page | None:
    return newest_of_group(row.id, row.last_sequence, GROUP_PAGE) if row.last_sequence else None


def _overviews(caller: Caller) -> Any:
    """Unread: what others said after the caller's read watermark."""
    unread = (
        select(func.count())
        .where(
            Message.conversation_id == Conversation.id,
            Message.sequence > Membership.read_sequence,
            Message.sender_id != caller.user_id,
        )
        .correlate(Conversation, Membership)
        .scalar_subquery()
    )
    activity = func.coalesce(Conversation.last_message_at, Conversation.created_at, type_=Conversation.created_at.type)
    return (
        select(
            Conversation.id,
            Conversation.name,
            Conversation.direct_key,
            Conversation.last_sequence,
            Membership.read_sequence,
            unread.label("unread"),
        )
        .join(Membership, Membership.conversation_id == Conversation.id)
        .where(Membership.user_id == caller.user_id)
        .order_by(activity.desc(), Conversation.id.desc())
    )


def _progress(conversation_ids: list[int]) -> dict[int, list[Progress]]:
    """The members' watermarks of the conversations that are small enough to list them."""
    small = (
        select(Membership.conversation_id)
        .where(Membership.conversation_id.in_(conversation_ids))
        .group_by(Membership.conversation_id)
        .having(func.count() <= LISTED_MEMBERS)
    )
    query = (
        select(Membership.conversation_id, User.username, Membership.delivered_sequence, Membership.read_sequence)
        .join(User, User.id == Membership.user_id)
        .where(Membership.conversation_id.in_(small))
        .order_by(User.username)
    )
    found: dict[int, list[Progress]] = {}
    for row in db.session.execute(query):
        progress = Progress(row.username, row.delivered_sequence, row.read_sequence)
        found.setdefault(row.conversation_id, []).append(progress)
    return found


def _overview(caller: Caller, row: Any, lowest: Lowest, members: list[Progress]) -> Overview:
    last = newest_messages(row.id, row.direct_key, row.last_sequence, 1) if row.last_sequence else []
    receiver = other_of(row.direct_key, caller.username) if row.direct_key else str(row.id)
    return Overview(
        receiver=receiver,
        is_group=row.direct_key is None,
        name=row.name or receiver,
        last_message=last[0] if last else None,
        lowest=lowest,
        last_sequence=row.last_sequence,
        read_sequence=row.read_sequence,
        unread=row.unread,
        members=members,
    )
