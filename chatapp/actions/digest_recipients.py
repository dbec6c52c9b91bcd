"""Who is to be told by e-mail of what they have missed: who was away for long enough, and how far they were told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from chatapp.actions.people import online_user_ids
from chatapp.actions.standing import is_open
from chatapp.extensions import db
from chatapp.models import Conversation, DigestPosition, Membership, Message, User, UserSettings
from chatapp.models.preference import DAILY, HOURLY
from chatapp.quiet_hours import is_quiet

AWAY = {HOURLY: timedelta(minutes=15), DAILY: timedelta(days=1)}
"""How long ago the last connection of a person has to have closed. Who was never connected is told nothing."""
PERIOD = {HOURLY: timedelta(hours=1), DAILY: timedelta(days=1)}
"""The shortest time between two digests."""
OLDEST = timedelta(days=7)
"""What was sent before that is told to nobody: it is no news to those who have just got an address, or an update."""

_CHOICE: ColumnElement[str] = func.coalesce(UserSettings.digest, DAILY)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told of the messages after `since`. `number` counts the digests before."""

    user_id: int
    username: str
    email: str
    language: str
    shows_content: bool
    since: datetime
    number: int


def find_due(at: datetime, after: int, most: int) -> tuple[list[int], int | None]:
    """The ids of those for whom a digest is to be begun, among the next people after an id, `most` at once; and the id
    to go on after, or None at the end."""
    is_time = or_(
        DigestPosition.begun_at.is_(None),
        *(_CHOICE.in_([choice]) & (DigestPosition.begun_at <= at - period) for choice, period in PERIOD.items()),
    )
    people = db.session.execute(_away(at).where(User.id > after, is_time).order_by(User.id).limit(most)).all()
    asked = [row.id for row in people if not is_quiet(row.do_not_disturb, at)]
    is_untold = or_(DigestPosition.told_until.is_(None), Message.created_at > DigestPosition.told_until)
    has_news = _news(Membership.user_id == User.id, Message.created_at > at - OLDEST, is_untold).exists()
    query = select(User.id).outerjoin(DigestPosition, DigestPosition.user_id == User.id)
    found = db.session.scalars(query.where(User.id.in_(asked), has_news).order_by(User.id))
    return list(found), people[-1].id if len(people) == most else None


def recipient_of(user_id: int, at: datetime) -> Recipient | None:
    """None for somebody who has come back meanwhile, wants no digest, or is not to be disturbed."""
    row = db.session.execute(_away(at).where(User.id == user_id)).one_or_none()
    if row is None or is_quiet(row.do_not_disturb, at):
        return None
    since = max(row.told_until or at - OLDEST, at - OLDEST)
    shows_content = row.shows_content is None or row.shows_content
    return Recipient(row.id, row.username, row.email, row.mail_language, shows_content, since, row.number or 0)


def conversations_with_news(user_id: int, since: datetime) -> set[int]:
    """The conversations of a user in which something is unread, and the newest message was stored after a time."""
    return set(db.session.scalars(_news(Membership.user_id == user_id, Message.created_at > since)))


def _away(at: datetime) -> Select[Any]:
    """Those with an address who want digests, and were away for long enough, with what was told to them."""
    is_away = or_(*(_CHOICE.in_([choice]) & (User.last_seen_at <= at - length) for choice, length in AWAY.items()))
    return (
        select(
            User.id,
            User.username,
            User.email,
            User.mail_language,
            UserSettings.shows_content,
            UserSettings.do_not_disturb,
            DigestPosition.told_until,
            DigestPosition.number,
        )
        .outerjoin(UserSettings, UserSettings.user_id == User.id)
        .outerjoin(DigestPosition, DigestPosition.user_id == User.id)
        .where(User.email.is_not(None), is_open(), is_away, User.id.not_in(online_user_ids()))
    )


def _news(*conditions: ColumnElement[bool]) -> Select[int]:
    """Looks at the newest message of each conversation alone: one step in an index."""
    is_newest = (Message.conversation_id == Conversation.id) & (Message.sequence == Conversation.last_sequence)
    return (
        select(Membership.conversation_id)
        .join(Conversation, Conversation.id == Membership.conversation_id)
        .join(Message, is_newest)
        .where(Conversation.last_sequence > Membership.read_sequence, *conditions)
    )
