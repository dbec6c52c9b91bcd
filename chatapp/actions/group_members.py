"""The members of a group and their roles: add, remove, change roles.

Each change takes the group's next revision. A call that changes nothing takes none, so that a retry is harmless.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import aliased

from chatapp.actions.audit import record
from chatapp.actions.blocks import require_no_block
from chatapp.actions.permissions import ADD_MEMBERS, CHANGE_ROLES, REMOVE_ADMINS, REMOVE_MEMBERS, require
from chatapp.actions.sessions import Caller
from chatapp.actions.system_permissions import LEAD_GROUPS
from chatapp.actions.system_permissions import require as require_in_system
from chatapp.clock import now
from chatapp.errors import LastOwner, LimitReached, NotAMember, NotForThreads, NotFound
from chatapp.journal import Journal, Transaction
from chatapp.journal.revisions import announce_memberships, take_revision, take_user_revisions
from chatapp.models import Conversation, FormerMembership, Membership, User
from chatapp.models.conversation import GROUP, parse_conversation_id
from chatapp.models.membership import MEMBER, OWNER
from chatapp.payload_fields import LARGEST_GROUP


def add_members(journal: Journal, caller: Caller, group_id: str, usernames: list[str]) -> None:
    """Adds those of the users who are not members yet. Raises NotFound for usernames that do not exist, LimitReached
    for more members than a group may have, and then adds nobody."""

    def write(transaction: Transaction) -> None:
        conversation_id, _ = lock_group(transaction, caller, group_id, ADD_MEMBERS)
        found = user_ids_of(transaction, set(usernames))
        require_no_block(transaction, caller, found)
        new = set(found.values())
        query = select(Membership.user_id).where(
            Membership.conversation_id == conversation_id, Membership.user_id.in_(new)
        )
        new -= set(transaction.session.scalars(query))
        if new:
            require_room(transaction, conversation_id, len(new))
            insert_memberships(transaction, conversation_id, new, take_revision(transaction, conversation_id))
            record(transaction, "member_added", caller.actor, group_id, users=sorted(usernames)[:100], count=len(new))

    journal.write(write)


def remove_other_member(journal: Journal, caller: Caller, group_id: str, username: str) -> None:
    """Removes another member from a group. Raises NotFound if the user is not a member."""

    def write(transaction: Transaction) -> None:
        conversation_id, role = lock_group(transaction, caller, group_id, REMOVE_MEMBERS)
        member = _member(transaction, conversation_id, username)
        if member.role != MEMBER:
            require(role, REMOVE_ADMINS)
        delete_memberships(transaction, conversation_id, {member.user_id}, take_revision(transaction, conversation_id))
        record(transaction, "member_removed", caller.actor, group_id, user=username)

    journal.write(write)


def set_role(journal: Journal, caller: Caller, group_id: str, username: str, role: str) -> None:
    """Gives a member a role. Raises NotFound if the user is not a member, Forbidden for a guest who would be more
    than a member, LastOwner if no owner would remain."""

    def write(transaction: Transaction) -> None:
        conversation_id, _ = lock_group(transaction, caller, group_id, CHANGE_ROLES)
        member = _member(transaction, conversation_id, username)
        if member.role == role:
            return
        if member.role == OWNER:
            require_another_owner(transaction, conversation_id, member.user_id)
        if role != MEMBER:
            require_may_lead(transaction, member.user_id)
        member.role = role
        member.revision = take_revision(transaction, conversation_id)
        record(transaction, "member_role_changed", caller.actor, group_id, user=username, role=role)

    journal.write(write)


def require_may_lead(transaction: Transaction, user_id: int) -> None:
    """Raises Forbidden if the user's role in the whole system is too low for an admin or owner of a group."""
    require_in_system(transaction.session.get_one(User, user_id).role, LEAD_GROUPS)


def lock_group(transaction: Transaction, caller: Caller, group_id: str, action: str) -> tuple[int, str]:
    """Locks the group, and returns its id and the caller's role. Raises NotFound, NotAMember, or Forbidden if the role
    does not permit the action.

    The lock serialises changes of the members across processes. Without it two owners could leave at the same time,
    each because the other one stays.
    """
    conversation_id = parse_conversation_id(group_id)
    columns = (Conversation.id, Conversation.parent_id)
    lock = select(*columns).where(Conversation.id == conversation_id, Conversation.kind == GROUP)
    row = transaction.session.execute(lock.with_for_update(key_share=True)).one_or_none()
    if conversation_id is None or row is None:
        raise NotFound("There is no such group.", receiver=group_id)
    query = select(Membership.role).where(
        Membership.conversation_id == conversation_id, Membership.user_id == caller.user_id
    )
    role = transaction.session.scalar(query)
    if role is None:
        raise NotAMember("You are not a member of this group.", receiver=group_id)
    if row.parent_id is not None:
        raise NotForThreads("A thread has no name, settings or roles. Its followers come and go by themselves.")
    require(role, action)
    return conversation_id, role


def user_ids_of(transaction: Transaction, usernames: set[str]) -> dict[str, int]:
    """User ids by username. Raises NotFound, which names the users who do not exist."""
    query = select(User.username, User.id).where(User.username.in_(usernames), User.is_active)
    user_ids = {row.username: row.id for row in transaction.session.execute(query)}
    if missing := sorted(usernames - user_ids.keys()):
        raise NotFound("These users do not exist: " + ", ".join(missing[:10]) + ".", usernames=missing[:100])
    return user_ids


def require_room(transaction: Transaction, conversation_id: int, count: int) -> None:
    """Raises LimitReached if the group, which is locked, cannot take so many new members."""
    query = select(func.count()).where(Membership.conversation_id == conversation_id)
    if transaction.session.execute(query).scalar_one() + count > LARGEST_GROUP:
        raise LimitReached(f"A group may have {LARGEST_GROUP:,} members.", limit=LARGEST_GROUP)


def insert_memberships(
    transaction: Transaction, conversation_id: int, user_ids: set[int], revision: int, owner: int | None = None
) -> None:
    """Adds users to a group. Earlier messages count as delivered to them and read by them."""
    query = select(Conversation.last_sequence).where(Conversation.id == conversation_id)
    last = transaction.session.execute(query).scalar_one()
    user_revisions = take_user_revisions(transaction, user_ids)
    former = (FormerMembership.conversation_id == conversation_id) & FormerMembership.user_id.in_(user_ids)
    transaction.session.execute(delete(FormerMembership).where(former))
    at = now()
    for user_id in sorted(user_ids):
        transaction.session.add(
            Membership(
                conversation_id=conversation_id,
                user_id=user_id,
                role=OWNER if user_id == owner else MEMBER,
                delivered_sequence=last,
                read_sequence=last,
                joined_at=at,
                joined_sequence=last,
                revision=revision,
                user_revision=user_revisions[user_id],
            )
        )
    announce_memberships(transaction, conversation_id, user_ids)


def delete_memberships(transaction: Transaction, conversation_id: int, user_ids: set[int], revision: int) -> None:
    """Removes users from a group and from its threads. A former membership is kept, from which their offline devices
    learn of it."""
    # All threads are locked before any user, as by those who follow a thread.
    followed = _followed_threads(transaction, conversation_id, user_ids)
    for thread_id, followers in followed.items():
        _delete_memberships(transaction, thread_id, followers, take_revision(transaction, thread_id))
    _delete_memberships(transaction, conversation_id, user_ids, revision)


def end_hidden_follows(transaction: Transaction, parent_id: int) -> None:
    """Removes the followers who no longer see the root message of a thread, since the group ceased to share its
    history."""
    own = aliased(Membership)
    query = (
        select(Membership.conversation_id, Membership.user_id)
        .join(Conversation, Conversation.id == Membership.conversation_id)
        .join(own, (own.conversation_id == Conversation.parent_id) & (own.user_id == Membership.user_id))
        .where(Conversation.parent_id == parent_id, own.joined_sequence >= Conversation.root_sequence)
    )
    _lock_threads(transaction, parent_id)
    hidden = _by_thread(transaction.session.execute(query.order_by(Membership.conversation_id)))
    for thread_id, followers in hidden.items():
        _delete_memberships(transaction, thread_id, followers, take_revision(transaction, thread_id))


def threads_in(transaction: Transaction, parent_id: int) -> list[int]:
    """The ids of a conversation's threads."""
    return list(transaction.session.scalars(select(Conversation.id).where(Conversation.parent_id == parent_id)))


def _lock_threads(transaction: Transaction, parent_id: int) -> None:
    lock = select(Conversation.id).where(Conversation.parent_id == parent_id).order_by(Conversation.id)
    transaction.session.execute(lock.with_for_update(key_share=True)).all()


def _followed_threads(transaction: Transaction, parent_id: int, user_ids: set[int]) -> dict[int, set[int]]:
    """The followers among these users by thread. All threads of the conversation are locked."""
    _lock_threads(transaction, parent_id)
    query = (
        select(Membership.conversation_id, Membership.user_id)
        .join(Conversation, Conversation.id == Membership.conversation_id)
        .where(Conversation.parent_id == parent_id, Membership.user_id.in_(user_ids))
        .order_by(Membership.conversation_id)
    )
    return _by_thread(transaction.session.execute(query))


def _by_thread(rows: Iterable[Any]) -> dict[int, set[int]]:
    followers: dict[int, set[int]] = {}
    for row in rows:
        followers.setdefault(row.conversation_id, set()).add(row.user_id)
    return followers


def _delete_memberships(transaction: Transaction, conversation_id: int, user_ids: set[int], revision: int) -> None:
    members = (Membership.conversation_id == conversation_id) & Membership.user_id.in_(user_ids)
    transaction.session.execute(delete(Membership).where(members))
    for user_id, user_revision in take_user_revisions(transaction, user_ids).items():
        transaction.session.add(
            FormerMembership(
                conversation_id=conversation_id, user_id=user_id, revision=revision, user_revision=user_revision
            )
        )
    announce_memberships(transaction, conversation_id, user_ids)


def require_another_owner(transaction: Transaction, conversation_id: int, user_id: int) -> None:
    """Raises LastOwner if this user is the only owner of the group."""
    query = select(Membership.user_id).where(
        Membership.conversation_id == conversation_id, Membership.role == OWNER, Membership.user_id != user_id
    )
    if transaction.session.scalar(query.limit(1)) is None:
        raise LastOwner("A group needs an owner. Make somebody else an owner first, or delete the group.")


def _member(transaction: Transaction, conversation_id: int, username: str) -> Membership:
    query = (
        select(Membership).join(User).where(Membership.conversation_id == conversation_id, User.username == username)
    )
    member = transaction.session.scalar(query)
    if member is None:
        raise NotFound("There is no such member.", username=username)
    return member
