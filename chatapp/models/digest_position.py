"""How far somebody was told by e-mail of what they have missed."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import ZERO, Base, Id, Instant


class DigestPosition(Base):
    """A user was told of the messages that were stored until `told_until`, as far as those concern them; None for
    nothing yet. `number` counts the digests that were sent. `begun_at` is when the last one was begun, and None if
    there was nothing to tell."""

    __tablename__ = "digest_position"

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True, autoincrement=False)
    told_until: Mapped[datetime | None] = mapped_column(Instant)
    begun_at: Mapped[datetime | None] = mapped_column(Instant)
    number: Mapped[int] = mapped_column(default=0, server_default=ZERO)
