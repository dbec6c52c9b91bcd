"""One person who blocks another."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id


class Block(Base):
    """`user_id` blocks `other_id` while `is_on`. A block that was taken back keeps its row, so that a sync finds it.

    `user_revision` is the revision of the user who blocks that last changed the row. While one of two people blocks the
    other, their direct conversation takes no messages: `conversation.is_blocked`.
    """

    __tablename__ = "block"
    __table_args__ = (
        Index("ix_block_user_id_user_revision", "user_id", "user_revision"),
        Index("ix_block_other_id", "other_id"),
    )

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    is_on: Mapped[bool]
    user_revision: Mapped[int] = mapped_column(Id)
