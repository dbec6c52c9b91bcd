"""A user who may not sign in for a time, or for ever."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id, Instant

REASON_CHARACTERS = 500


class Suspension(Base):
    """`until` is None for a ban. One that has run out has no effect, and its row goes at the next sign-in. `reason` is
    for moderators; it may be empty."""

    __tablename__ = "suspension"

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True, autoincrement=False)
    until: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(REASON_CHARACTERS))
    began_at: Mapped[datetime] = mapped_column(Instant)
