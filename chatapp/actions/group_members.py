"""Who is in a group, and in which role: add, remove, change roles.

Each change takes the group's next revision; what changes nothing takes none, so that a retry is harmless.
"""

from sqlalchemy import delete, select

from chatapp.actions.accounts import Caller
from chatapp.actions.permissions import ADD_MEMBERS, CHANGE_ROLES, REMOVE_ADMINS, REMOVE_MEMBERS, require
from chatapp.clock import now
from chatapp.errors import LastOwner, NotAMember, NotFound
from chatapp.journal import Journal, Transaction
from chatapp.journal.revisions import announce_memberships, take_revision, take_user_revisions
from chatapp.models import Conversation, FormerMembership, Membership, User
from chatapp.models.conversation import GROUP, parse_conversation_id
from chatapp.models.membership import MEMBER, OWNER


def add_members(journal: Journal, caller: Caller, group_id: str, usernames: list[str]) -> None:
    """Adds users who exist and are not in it yet. Raises NotFound, naming who does not exist; then nobody is added."""

    def job(transaction: Transaction) -> None:
        number, _ = lock_group(transaction, caller, group_id, ADD_MEMBERS)
        joined = set(user_ids_of(transaction, set(usernames)).values())
        query = select(Membership.user_id).where(Membership.conversation_id == number, Membership.user_id.in_(joined))
        joined -= set(transaction.session.scalars(query))
        if joined:
            join(transaction, number, joined, take_revision(transaction, number))

    journal.write(job)


def remove_other(journal: Journal, caller: Caller, group_id: str, username: str) -> None:
    """Takes somebody else out of a group. Raises NotFound for somebody who is not in it."""

    def job(transaction: Transaction) -> None:
        number, role = lock_group(transaction, caller, group_id, REMOVE_MEMBERS)
        member = _member(transaction, number, username)
        if member.role != MEMBER:
            require(role, REMOVE_ADMINS)
        part(transaction, number, {member.user_id}, take_revision(transaction, number))

    journal.write(job)


def set_role(journal: Journal, caller: Caller, group_id: str, username: str, role: str) -> None:
    """Gives a member a role. Raises NotFound for somebody who is not in it, LastOwner if no owner would be left."""

    def job(transaction: Transaction) -> None:
        number, _ = lock_group(transaction, caller, group_id, CHANGE_ROLES)
        member = _member(transaction, number, username)
        if member.role == role:
            return
        if member.role == OWNER:
            require_another_owner(transaction, number, member.user_id)
        member.role = role
        member.revision = take_revision(transaction, number)

    journal.write(job)


def lock_group(transaction: Transaction, caller: Caller, group_id: str, action: str) -> tuple[int, str]:
    """The group's id and the caller's role, once that allows the action. One process at a time changes who is in a
    group: otherwise two owners could leave at once, each because the other stays."""
    number = parse_conversation_id(group_id)
    lock = select(Conversation.id).where(Conversation.id == number, Conversation.kind == GROUP)
    if number is None or transaction.session.scalar(lock.with_for_update(key_share=True)) is None:
        raise NotFound("There is no such group.", receiver=group_id)
    query = select(Membership.role).where(Membership.conversation_id == number, Membership.user_id == caller.user_id)
    role = transaction.session.scalar(query)
    if role is None:
        raise NotAMember("You are not a member of this group.", receiver=group_id)
    require(role, action)
    return number, role


def user_ids_of(transaction: Transaction, usernames: set[str]) -> dict[str, int]:
    """By username. Raises NotFound, naming who does not exist."""
    query = select(User.username, User.id).where(User.username.in_(usernames), User.is_active)
    found = {row.username: row.id for row in transaction.session.execute(query)}
    if missing := sorted(usernames - found.keys()):
        raise NotFound("These users do not exist: " + ", ".join(missing[:10]) + ".", usernames=missing[:100])
    return found


def join(transaction: Transaction, number: int, user_ids: set[int], revision: int, owner: int | None = None) -> None:
    """What was said before is neither undelivered nor unread to who joins."""
    query = select(Conversation.last_sequence).where(Conversation.id == number)
    last = transaction.session.execute(query).scalar_one()
    user_revisions = take_user_revisions(transaction, user_ids)
    former = (FormerMembership.conversation_id == number) & FormerMembership.user_id.in_(user_ids)
    transaction.session.execute(delete(FormerMembership).where(former))
    at = now()
    for user_id in sorted(user_ids):
        transaction.session.add(
            Membership(
                conversation_id=number,
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
    announce_memberships(transaction, number, user_ids)


def part(transaction: Transaction, number: int, user_ids: set[int], revision: int) -> None:
    """Takes users out. What they were in is kept for their other devices to hear of."""
    members = (Membership.conversation_id == number) & Membership.user_id.in_(user_ids)
    transaction.session.execute(delete(Membership).where(members))
    for user_id, user_revision in take_user_revisions(transaction, user_ids).items():
        transaction.session.add(
            FormerMembership(conversation_id=number, user_id=user_id, revision=revision, user_revision=user_revision)
        )
    announce_memberships(transaction, number, user_ids)


def require_another_owner(transaction: Transaction, number: int, user_id: int) -> None:
    """Raises LastOwner if nobody but this user owns the group."""
    query = select(Membership.user_id).where(
        Membership.conversation_id == number, Membership.role == OWNER, Membership.user_id != user_id
    )
    if transaction.session.scalar(query.limit(1)) is None:
        raise LastOwner("A group needs an owner. Make somebody else an owner first, or delete the group.")


def _member(transaction: Transaction, number: int, username: str) -> Membership:
    query = select(Membership).join(User).where(Membership.conversation_id == number, User.username == username)
    member = transaction.session.scalar(query)
    if member is None:
        raise NotFound("There is no such member.", username=username)
    return member
