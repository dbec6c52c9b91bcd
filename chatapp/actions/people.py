"""Everybody, and who is online."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, select

from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models import Membership, Node, Presence, User

NODE_SILENCE = timedelta(seconds=15)
"""A Socket.IO process that has not been seen for this long is dead: nobody is online on it. Three missed heartbeats."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user as others see them."""

    username: str
    first_name: str
    last_name: str
    is_online: bool


def list_people() -> list[Person]:
    """Every active user, by name."""
    online = set(db.session.scalars(online_user_ids()))
    query = (
        select(User.id, User.username, User.first_name, User.last_name).where(User.is_active).order_by(User.username)
    )
    return [Person(row.username, row.first_name, row.last_name, row.id in online) for row in db.session.execute(query)]


def members_of(conversation_ids: list[int]) -> dict[int, list[Person]]:
    """The members of each of these conversations, by name."""
    online = set(db.session.scalars(online_user_ids()))
    query = (
        select(Membership.conversation_id, User.id, User.username, User.first_name, User.last_name)
        .join(User, User.id == Membership.user_id)
        .where(Membership.conversation_id.in_(conversation_ids))
        .order_by(User.username)
    )
    found: dict[int, list[Person]] = {number: [] for number in conversation_ids}
    for row in db.session.execute(query):
        person = Person(row.username, row.first_name, row.last_name, row.id in online)
        found[row.conversation_id].append(person)
    return found


def online_user_ids() -> Select[int]:
    """The users with a connection on a process that is alive."""
    alive = Node.seen_at > now() - NODE_SILENCE
    return select(Presence.user_id).join(Node, Node.name == Presence.node).where(alive).distinct()
