"""What administrators see of people and groups, page by page, and what they do to groups that they are not in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from chatapp.actions.audit import Actor, record
from chatapp.actions.group_members import insert_memberships, require_may_lead, require_room, user_ids_of
from chatapp.actions.groups import delete_messages_of, mark_deleted
from chatapp.actions.suspensions import ShownSuspension, suspensions_of
from chatapp.actions.system_permissions import MANAGE_GROUPS, SEE_PEOPLE, require
from chatapp.clock import now
from chatapp.errors import HasOwner, NotFound
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.journal.revisions import take_revision
from chatapp.models import Conversation, Membership, Session, User
from chatapp.models.conversation import GROUP, parse_conversation_id
from chatapp.models.membership import OWNER


@dataclass(frozen=True, slots=True)
class AdministeredPerson:
    """An account as administrators see it. `sessions` is the number of valid ones."""

    username: str
    first_name: str
    last_name: str
    role: str
    is_active: bool
    created_at: datetime
    last_seen_at: datetime | None
    sessions: int
    suspension: ShownSuspension | None


@dataclass(frozen=True, slots=True)
class AdministeredGroup:
    """A group as administrators see it. `owners` are those with an active account."""

    conversation_id: int
    name: str
    is_public: bool
    created_at: datetime
    member_count: int
    owners: list[str]


def list_accounts_page(actor: Actor, text: str, after: str, limit: int) -> list[AdministeredPerson]:
    """Accounts in the order of their usernames, from the one that follows `after`, whose username or name contains the
    text. Raises Forbidden."""
    require(actor.role, SEE_PEOPLE)
    sessions = select(func.count()).where(
        Session.user_id == User.id, Session.revoked_at.is_(None), Session.expires_at > now()
    )
    query = (
        select(User, sessions.scalar_subquery())
        .where(User.username > after, User.removed_at.is_(None))
        .order_by(User.username)
        .limit(limit)
    )
    if text:
        full_name = User.first_name + " " + User.last_name
        query = query.where(or_(*(column.icontains(text, autoescape=True) for column in (User.username, full_name))))
    found = db.session.execute(query).all()
    suspended = suspensions_of({user.id for user, _ in found})
    return [
        AdministeredPerson(
            user.username,
            user.first_name,
            user.last_name,
            user.role,
            user.is_active,
            user.created_at,
            user.last_seen_at,
            count,
            suspended.get(user.id),
        )
        for user, count in found
    ]


def list_groups_page(actor: Actor, text: str, after: int, limit: int) -> list[AdministeredGroup]:
    """Groups in the order of their ids, from the one that follows `after`, whose name contains the text. Raises
    Forbidden."""
    require(actor.role, MANAGE_GROUPS)
    count = select(func.count()).where(Membership.conversation_id == Conversation.id).scalar_subquery()
    query = (
        select(Conversation, count)
        .where(Conversation.kind == GROUP, Conversation.parent_id.is_(None), Conversation.id > after)
        .order_by(Conversation.id)
        .limit(limit)
    )
    if text:
        query = query.where(Conversation.name.icontains(text, autoescape=True))
    rows = db.session.execute(query).all()
    owners = _owners_of([group.id for group, _ in rows])
    return [
        AdministeredGroup(
            group.id, group.name or "", group.is_public, group.created_at, members, owners.get(group.id, [])
        )
        for group, members in rows
    ]


def appoint_owner(journal: Journal, actor: Actor, group_id: str, username: str) -> None:
    """Makes somebody the owner of a group that has no owner with an active account. They join it if they are not in it.

    Raises Forbidden; NotFound; HasOwner; LimitReached.
    """
    require(actor.role, MANAGE_GROUPS)

    def write(transaction: Transaction) -> None:
        conversation_id = _lock(transaction, group_id)
        user_id = user_ids_of(transaction, {username})[username]
        require_may_lead(transaction, user_id)
        query = (
            select(Membership.user_id)
            .join(User)
            .where(Membership.conversation_id == conversation_id, Membership.role == OWNER, User.is_active)
        )
        if (owners := set(transaction.session.scalars(query))) == {user_id}:
            return
        if owners:
            raise HasOwner("The group has an owner, who decides about it.", receiver=group_id)
        revision = take_revision(transaction, conversation_id)
        member = transaction.session.get(Membership, (conversation_id, user_id))
        if member is not None:
            member.role, member.revision = OWNER, revision
        else:
            require_room(transaction, conversation_id, 1)
            insert_memberships(transaction, conversation_id, {user_id}, revision, owner=user_id)
        record(transaction, "owner_appointed", actor, group_id, user=username)

    journal.write(write)


def delete_any_group(journal: Journal, actor: Actor, group_id: str) -> None:
    """Removes all members of a group, and deletes its messages. Raises Forbidden and NotFound."""
    require(actor.role, MANAGE_GROUPS)

    def write(transaction: Transaction) -> list[int]:
        conversation_id = _lock(transaction, group_id)
        record(transaction, "group_deleted", actor, group_id)
        return mark_deleted(transaction, conversation_id)

    delete_messages_of(journal, journal.write(write))


def _lock(transaction: Transaction, group_id: str) -> int:
    lock = select(Conversation.id).where(
        Conversation.id == parse_conversation_id(group_id),
        Conversation.kind == GROUP,
        Conversation.parent_id.is_(None),
    )
    conversation_id: int | None = transaction.session.scalar(lock.with_for_update(key_share=True))
    if conversation_id is None:
        raise NotFound("There is no such group.", receiver=group_id)
    return conversation_id


def _owners_of(conversation_ids: list[int]) -> dict[int, list[str]]:
    query = (
        select(Membership.conversation_id, User.username)
        .join(User)
        .where(Membership.conversation_id.in_(conversation_ids), Membership.role == OWNER, User.is_active)
        .order_by(User.username)
    )
    owners: dict[int, list[str]] = {}
    for row in db.session.execute(query):
        owners.setdefault(row.conversation_id, []).append(row.username)
    return owners
