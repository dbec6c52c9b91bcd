"""Lists users, with whether each is online."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, select

from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models import Membership, Node, Presence, User

NODE_SILENCE = timedelta(seconds=15)
"""After this time without a heartbeat (three intervals) a Socket.IO process is dead, and nobody is online on it."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user as shown to other users."""

    username: str
    first_name: str
    last_name: str
    is_online: bool


def list_people() -> list[Person]:
    """All active users, ordered by username."""
    online = set(db.session.scalars(online_user_ids()))
    query = (
        select(User.id, User.username, User.first_name, User.last_name).where(User.is_active).order_by(User.username)
    )
    return [Person(row.username, row.first_name, row.last_name, row.id in online) for row in db.session.execute(query)]


def members_of(conversation_ids: list[int]) -> dict[int, list[Person]]:
    """The members of each conversation by its id, ordered by username."""
    online = set(db.session.scalars(online_user_ids()))
    query = (
        select(Membership.conversation_id, User.id, User.username, User.first_name, User.last_name)
        .join(User, User.id == Membership.user_id)
        .where(Membership.conversation_id.in_(conversation_ids))
        .order_by(User.username)
    )
    members: dict[int, list[Person]] = {conversation_id: [] for conversation_id in conversation_ids}
    for row in db.session.execute(query):
        person = Person(row.username, row.first_name, row.last_name, row.id in online)
        members[row.conversation_id].append(person)
    return members


def online_user_ids() -> Select[int]:
    """Selects the ids of users with a connection on a live process."""
    alive = Node.seen_at > now() - NODE_SILENCE
    return select(Presence.user_id).join(Node, Node.name == Presence.node).where(alive).distinct()
