"""A message that a user has saved for themselves."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id


class SavedMessage(Base):
    """A message that was removed from the user's saved ones keeps its row, with `is_removed`, so that a sync finds it.

    `user_revision` is the user's revision that last changed the row, and so the order in which messages were saved. The
    message may be deleted, or the user may see it no more: whoever lists the rows looks it up through the membership.
    """

    __tablename__ = "saved_message"
    __table_args__ = (Index("ix_saved_message_user_id_user_revision", "user_id", "user_revision"),)

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    is_removed: Mapped[bool]
    user_revision: Mapped[int] = mapped_column(Id)
