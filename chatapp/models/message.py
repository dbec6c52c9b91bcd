"""What somebody said."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id, Instant


class Message(Base):
    """`sequence` is dense from 1 in its conversation; `client_id`, unique for its sender, makes a retry harmless."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("conversation_id", "sequence"), UniqueConstraint("sender_id", "client_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"))
    sequence: Mapped[int] = mapped_column(Id)
    sender_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    content: Mapped[str] = mapped_column(Text)
    client_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(Instant)
