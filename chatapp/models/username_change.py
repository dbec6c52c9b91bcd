"""Former usernames."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id, Instant


class UsernameChange(Base):
    """A change of a username. `username` and `skeleton` are those that the user had before: they stay the user's, so
    that nobody else can take them.

    `number` counts the changes of all users densely from 1, in the order of their commits. `is_own`: the user made it.
    """

    __tablename__ = "username_change"
    __table_args__ = (
        Index("ix_username_change_username", "username"),
        Index("ix_username_change_skeleton", "skeleton"),
        Index("ix_username_change_user_id", "user_id"),
    )

    number: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    username: Mapped[str] = mapped_column(String(64))
    new_username: Mapped[str] = mapped_column(String(64))
    skeleton: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[datetime] = mapped_column(Instant)
    is_own: Mapped[bool] = mapped_column(default=False, server_default=false())
