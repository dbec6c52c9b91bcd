"""Find a conversation as the caller names it: by the other's username, or by the group's id."""

from dataclasses import dataclass

from sqlalchemy import select

from chatapp.actions.accounts import Caller
from chatapp.errors import NotAMember, NotFound
from chatapp.extensions import db
from chatapp.journal.batch import as_id
from chatapp.models import Conversation, Membership, User
from chatapp.models.conversation import GROUP, direct_key


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation that the caller is in. No id: a pair that has not talked yet."""

    conversation_id: int | None
    direct_key: str | None
    last_sequence: int = 0


def find_place(caller: Caller, receiver: str, *, is_group: bool) -> Place:
    """Raises NotFound for an unknown user or group, NotAMember for a group of others."""
    return find_group(caller, receiver) if is_group else _find_direct(caller, receiver)


def find_group(caller: Caller, group_id: str) -> Place:
    """A group by its id, through the caller's membership."""
    number = as_id(group_id)
    query = (
        select(Conversation.id, Conversation.last_sequence, Membership.user_id)
        .outerjoin(Membership, (Membership.conversation_id == Conversation.id) & (Membership.user_id == caller.user_id))
        .where(Conversation.id == number, Conversation.kind == GROUP)
    )
    row = db.session.execute(query).one_or_none() if number is not None else None
    if row is None:
        raise NotFound("There is no such group.", receiver=group_id)
    if row.user_id is None:
        raise NotAMember("You are not a member of this group.", receiver=group_id)
    return Place(row.id, None, row.last_sequence)


def _find_direct(caller: Caller, username: str) -> Place:
    key = direct_key(caller.username, username)
    query = select(Conversation.id, Conversation.last_sequence).where(Conversation.direct_key == key)
    row = db.session.execute(query).one_or_none()
    if row is not None:
        return Place(row.id, key, row.last_sequence)
    if db.session.scalar(select(User.id).where(User.username == username)) is None:
        raise NotFound("There is no such user.", receiver=username)
    return Place(None, key)
