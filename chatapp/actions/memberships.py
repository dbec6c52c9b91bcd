"""Reads memberships for the Socket.IO side: who is in a conversation, and since which revision."""

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
    """The ids of the members of a conversation among these users."""
    query = select(Membership.user_id).where(Membership.conversation_id == conversation_id)
    wanted = set(user_ids)
    return [user_id for user_id in db.session.scalars(query) if user_id in wanted]


def position_of_first_join(conversation_id: int, user_ids: Collection[int]) -> Position:
    """The position at which the first of these members joined; or got a new role, if that was later."""
    query = select(func.min(Membership.revision)).where(
        Membership.conversation_id == conversation_id, Membership.user_id.in_(user_ids)
    )
    return Position(db.session.execute(query).scalar_one(), None)


def former_members(conversation_id: int, user_ids: Collection[int]) -> dict[int, tuple[str, int]]:
    """The username and user revision of the leave, by user id, for the former members among these users."""
    query = (
        select(FormerMembership.user_id, User.username, FormerMembership.user_revision)
        .join(User, User.id == FormerMembership.user_id)
        .where(FormerMembership.conversation_id == conversation_id, FormerMembership.user_id.in_(user_ids))
    )
    return {row.user_id: (row.username, row.user_revision) for row in db.session.execute(query)}


def joined_since(conversation_id: int, sequence: int) -> set[int]:
    """The ids of the members who joined after a message was sent."""
    query = select(Membership.user_id).where(
        Membership.conversation_id == conversation_id, Membership.joined_sequence >= sequence
    )
    return set(db.session.scalars(query))
