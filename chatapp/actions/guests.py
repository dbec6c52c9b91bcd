"""Guests: the groups that an invitation leads them to, and what somebody loses who becomes one."""

from collections.abc import Collection

from sqlalchemy import select

from chatapp.actions.group_members import insert_memberships, require_room
from chatapp.errors import InviteInvalid, NotFound
from chatapp.extensions import db
from chatapp.journal import Transaction
from chatapp.journal.revisions import take_revision
from chatapp.models import Conversation, InviteGroup, Membership
from chatapp.models.conversation import GROUP, parse_conversation_id
from chatapp.models.membership import MEMBER

_IS_GROUP = (Conversation.kind == GROUP) & Conversation.parent_id.is_(None)


def name_groups(transaction: Transaction, invite_id: int, group_ids: Collection[str]) -> None:
    """Stores where an invitation leads. Raises NotFound for a group that does not exist."""
    for group_id in sorted(set(group_ids)):
        query = select(Conversation.id).where(Conversation.id == parse_conversation_id(group_id), _IS_GROUP)
        conversation_id = transaction.session.scalar(query)
        if conversation_id is None:
            raise NotFound("There is no such group.", receiver=group_id)
        transaction.session.add(InviteGroup(invite_id=invite_id, conversation_id=conversation_id))


def named_groups() -> dict[int, list[str]]:
    """The names of the groups that are left, by the number of the invitation that leads to them."""
    query = (
        select(InviteGroup.invite_id, Conversation.name)
        .join(Conversation, Conversation.id == InviteGroup.conversation_id)
        .where(_IS_GROUP)
        .order_by(Conversation.id)
    )
    names: dict[int, list[str]] = {}
    for row in db.session.execute(query):
        names.setdefault(row.invite_id, []).append(row.name or "")
    return names


def join_named_groups(transaction: Transaction, invite_id: int, user_id: int) -> None:
    """Makes a new guest a member of the groups that are left. Raises InviteInvalid if none is: a guest without a group
    would be alone for ever. Raises LimitReached for a group that is full."""
    query = (
        select(Conversation.id)
        .join(InviteGroup, InviteGroup.conversation_id == Conversation.id)
        .where(InviteGroup.invite_id == invite_id, _IS_GROUP)
        .order_by(Conversation.id)
    )
    conversation_ids = list(transaction.session.scalars(query.with_for_update(key_share=True, of=Conversation)))
    if not conversation_ids:
        raise InviteInvalid("The groups of this invitation are gone.")
    for conversation_id in conversation_ids:
        require_room(transaction, conversation_id, 1)
        insert_memberships(transaction, conversation_id, {user_id}, take_revision(transaction, conversation_id))


def step_down(transaction: Transaction, user_id: int) -> None:
    """Makes the user a plain member of each group that they are an admin or owner of. A group that loses its last owner
    may be given another one by an administrator."""
    query = (
        select(Membership.conversation_id)
        .where(Membership.user_id == user_id, Membership.role != MEMBER)
        .order_by(Membership.conversation_id)
    )
    for conversation_id in list(transaction.session.scalars(query)):
        membership = transaction.session.get_one(Membership, (conversation_id, user_id))
        membership.revision = take_revision(transaction, conversation_id)
        membership.role = MEMBER
