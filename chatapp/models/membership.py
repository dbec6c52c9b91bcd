"""A user in a conversation, with a role and two watermarks."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id, Instant

ADMIN = "admin"
MEMBER = "member"


class Membership(Base):
    """The watermarks are the highest sequences that this member has been delivered, and has read. They only rise."""

    __tablename__ = "membership"

    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(10), default=MEMBER)
    delivered_sequence: Mapped[int] = mapped_column(Id, default=0)
    read_sequence: Mapped[int] = mapped_column(Id, default=0)
    joined_at: Mapped[datetime] = mapped_column(Instant)
