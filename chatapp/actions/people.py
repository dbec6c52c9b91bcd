"""Lists users, with whether each is online."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from chatapp.actions.blocks import hidden_from
from chatapp.actions.sessions import Caller
from chatapp.actions.sharing import shares_last_seen
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models import Membership, Node, Presence, User, UserSettings
from chatapp.models.presence import NODE_SILENCE
from chatapp.models.user import BOT, GUEST
from chatapp.visibility import is_seen_by


@dataclass(frozen=True, slots=True)
class Person:
    """A user as shown to another. `last_seen` is when their last connection closed, now if they are online, and None if
    that is not shown or not known. `has_namesake`: the name looks like that of another active user. The texts and the
    picture's hash may be empty. `profile_revision` numbers the changes of what the person shows. `is_guest`
    and `is_bot`: that is their role in the whole system."""

    username: str
    first_name: str
    last_name: str
    is_online: bool
    last_seen: datetime | None = None
    has_namesake: bool = False
    status_text: str = ""
    time_zone: str = ""
    picture: str = ""
    profile_revision: int = 0
    is_guest: bool = False
    is_bot: bool = False


_Other = aliased(User)
_HAS_NAMESAKE = (
    exists()
    .where(_Other.display_skeleton == User.display_skeleton, _Other.id != User.id, _Other.is_active)
    .correlate(User)
    .label("has_namesake")
)
_PERSON = (
    User.id,
    User.username,
    User.first_name,
    User.last_name,
    User.last_seen_at,
    User.status_text,
    User.time_zone,
    User.picture,
    User.profile_revision,
    User.role,
    UserSettings.shares_last_seen,
    _HAS_NAMESAKE,
)


def list_people(viewer: Caller | None) -> list[Person]:
    """The active users whom the viewer sees, ordered by username. Who is not signed in sees the names of all who may
    sign in."""
    see = _seen_by(None if viewer is None else viewer.user_id)
    query = select(*_PERSON).outerjoin(UserSettings).where(User.is_active).order_by(User.username)
    query = query.where(User.role != BOT if viewer is None else is_seen_by(viewer.user_id, viewer.role))
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
        shown = Person(row.username, row.first_name, row.last_name, is_online, last_seen, row.has_namesake)
        if viewer_id is not None and row.role in (GUEST, BOT):
            shown = replace(shown, is_guest=row.role == GUEST, is_bot=row.role == BOT)
        if viewer_id is None or not row.profile_revision:
            return shown
        return replace(
            shown,
            status_text=row.status_text,
            time_zone=row.time_zone,
            picture=row.picture,
            profile_revision=row.profile_revision,
        )

    return see


def online_user_ids() -> Select[int]:
    """Selects the ids of users with a connection on a live process."""
    alive = Node.seen_at > now() - NODE_SILENCE
    return select(Presence.user_id).join(Node, Node.name == Presence.node).where(alive).distinct()
