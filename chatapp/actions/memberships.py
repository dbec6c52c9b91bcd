"""Who is in a conversation, for the processes that send to its members."""

from collections.abc import Collection

from sqlalchemy import func, select

from chatapp.actions.change_log import Position
from chatapp.extensions import db
from chatapp.models import Conversation, FormerMembership, Membership, User


def group_to_announce(conversation_id: int) -> tuple[str, list[int], Position]:
    """A group's name, the ids of its members, and the position at which it was created."""
    name = db.session.scalar(select(Conversation.name).where(Conversation.id == conversation_id))
    query = select(Membership.user_id).where(Membership.conversation_id == conversation_id)
    return name or "", list(db.session.scalars(query)), Position(1, 0)


def members_among(conversation_id: int, user_ids: Collection[int]) -> list[int]:
    """Those of these users who are in a conversation."""
    query = select(Membership.user_id).where(Membership.conversation_id == conversation_id)
    wanted = set(user_ids)
    return [user_id for user_id in db.session.scalars(query) if user_id in wanted]


def joined_at(conversation_id: int, user_ids: Collection[int]) -> Position:
    """Where the first of these members joined, or got their role, if that was later."""
    query = select(func.min(Membership.revision)).where(
        Membership.conversation_id == conversation_id, Membership.user_id.in_(user_ids)
    )
    return Position(db.session.execute(query).scalar_one(), None)


def user_revisions_of_left(conversation_id: int, user_ids: Collection[int]) -> dict[int, tuple[str, int]]:
    """The username, and the revision at which they left, of those of these users who were in a conversation."""
    query = (
        select(FormerMembership.user_id, User.username, FormerMembership.user_revision)
        .join(User, User.id == FormerMembership.user_id)
        .where(FormerMembership.conversation_id == conversation_id, FormerMembership.user_id.in_(user_ids))
    )
    return {row.user_id: (row.username, row.user_revision) for row in db.session.execute(query)}
