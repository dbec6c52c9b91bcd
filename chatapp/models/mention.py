"""Who is mentioned in which message."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id


class Mention(Base):
    """A user who is mentioned in a message; with the `user_id` 0 all members. `@here` has a row for each member who was
    online. `Message.mentions` says where in the text they are. Own messages (`sender_id`) do not count."""

    __tablename__ = "mention"
    __table_args__ = (
        Index("ix_mention_conversation_id_sequence", "conversation_id", "sequence"),
        {"sqlite_with_rowid": False},
    )

    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    sender_id: Mapped[int] = mapped_column(Id)
