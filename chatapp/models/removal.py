"""Removals of people that are under way."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import ZERO, Base, Id, Instant


class Removal(Base):
    """The row exists until the person has left everything and, if `erases`, their messages are deleted.

    The conversations below `conversation_id` are done, and of that one the messages up to `sequence`.
    """

    __tablename__ = "removal"

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True, autoincrement=False)
    erases: Mapped[bool]
    began_at: Mapped[datetime] = mapped_column(Instant)
    conversation_id: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
    sequence: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
