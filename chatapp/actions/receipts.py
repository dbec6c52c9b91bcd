"""Watermarks: what a member has been delivered, and has read."""

from dataclasses import dataclass

from sqlalchemy import select

from chatapp.actions.accounts import Caller
from chatapp.actions.places import find_place
from chatapp.errors import InvalidInput
from chatapp.extensions import db
from chatapp.models import Conversation, Membership, User
from chatapp.models.conversation import GROUP
from chatapp.payloads import MarkRead


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's place in a conversation."""

    conversation_id: int
    is_group: bool
    last_sequence: int
    delivered: int


@dataclass(frozen=True, slots=True)
class Member:
    """A member and their watermarks."""

    user_id: int
    username: str
    delivered: int
    read: int


def standings_of(user_id: int) -> list[Standing]:
    """Every conversation of a user: which rooms to enter on connecting, and what waits there."""
    query = (
        select(Conversation.id, Conversation.kind, Conversation.last_sequence, Membership.delivered_sequence)
        .join(Membership, Membership.conversation_id == Conversation.id)
        .where(Membership.user_id == user_id)
    )
    return [Standing(row[0], row[1] == GROUP, row[2], row[3]) for row in db.session.execute(query)]


def members_with_watermarks(conversation_id: int) -> tuple[bool, list[Member]]:
    """Whether it is a group, and all its members."""
    query = (
        select(User.id, User.username, Membership.delivered_sequence, Membership.read_sequence)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.conversation_id == conversation_id)
    )
    kind = db.session.scalar(select(Conversation.kind).where(Conversation.id == conversation_id))
    return kind == GROUP, [Member(*row) for row in db.session.execute(query)]


def readable_sequence(caller: Caller, mark: MarkRead) -> tuple[int, int]:
    """The conversation, and how far the caller may say to have read: not beyond its last message."""
    place = find_place(caller, mark.receiver, is_group=mark.group)
    if place.conversation_id is None:
        raise InvalidInput("There is nothing to read here yet.", fields={"receiver": "has no messages"})
    return place.conversation_id, min(mark.sequence, place.last_sequence)
