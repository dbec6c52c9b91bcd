"""Lists users, with whether each is online."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from chatapp.actions.blocks import hidden_from
from chatapp.actions.sharing import shares_last_seen
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models import Membership, Node, Presence, User, UserSettings
from chatapp.models.presence import NODE_SILENCE


@dataclass(frozen=True, slots=True)
class Person:
    """A user as shown to another. `last_seen` is when their last connection closed, now if they are online, and None if
    that is not shown or not known."""

    username: str
    first_name: str
    last_name: str
    is_online: bool
    last_seen: datetime | None = None


_PERSON = (User.id, User.username, User.first_name, User.last_name, User.last_seen_at, UserSettings.shares_last_seen)


def list_people(viewer_id: int | None) -> list[Person]:
    """All active users, ordered by username, as this user sees them. Nobody who is not signed in sees `last_seen`."""
    see = _seen_by(viewer_id)
    query = select(*_PERSON).outerjoin(UserSettings).where(User.is_active).order_by(User.username)
    return [see(row) for row in db.session.execute(query)]


def members_of(conversation_ids: list[int], viewer_id: int) -> dict[int, list[Person]]:
    """The members of each conversation by its id, ordered by username, as this user sees them."""
    see = _seen_by(viewer_id)
    query = (
        select(Membership.conversation_id, *_PERSON)
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .outerjoin(UserSettings, UserSettings.user_id == User.id)
        .where(Membership.conversation_id.in_(conversation_ids))
        .order_by(User.username)
    )
    members: dict[int, list[Person]] = {conversation_id: [] for conversation_id in conversation_ids}
    for row in db.session.execute(query):
        members[row.conversation_id].append(see(row))
    return members


def _seen_by(viewer_id: int | None) -> Callable[[Any], Person]:
    """Makes a person of a row of _PERSON."""
    online = set(db.session.scalars(online_user_ids()))
    hidden = hidden_from(viewer_id) if viewer_id is not None else set()
    shows_last_seen = viewer_id is not None and shares_last_seen(viewer_id)
    at = now()

    def see(row: Any) -> Person:
        is_online = row.id in online and row.id not in hidden
        is_shown = shows_last_seen and row.id not in hidden and row.shares_last_seen is not False
        last_seen = (at if is_online else row.last_seen_at) if is_shown else None
        return Person(row.username, row.first_name, row.last_name, is_online, last_seen)

    return see


def online_user_ids() -> Select[int]:
    """Selects the ids of users with a connection on a live process."""
    alive = Node.seen_at > now() - NODE_SILENCE
    return select(Presence.user_id).join(Node, Node.name == Presence.node).where(alive).distinct()
