"""The removals of people that are under way."""

from sqlalchemy import select

from chatapp.extensions import db
from chatapp.models import Removal


def removals_under_way() -> list[int]:
    """The ids of the users whose removal is not finished, the first one first. Needs an app context."""
    return list(db.session.scalars(select(Removal.user_id).order_by(Removal.began_at, Removal.user_id)))
