"""A message in a conversation."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import ZERO, Base, Id, Instant

HAS_CLIENT_ID = text("client_id IS NOT NULL")


class Message(Base):
    """`sequence` numbers the messages of a conversation densely from 1. `revision` is the conversation's revision that
    stored the message; it rises with the sequence. `client_id`, unique for each sender, makes a retry idempotent.

    SQLite stores the rows in primary key order (WITHOUT ROWID). So the messages of a page of history are adjacent, and
    a new message changes one page of the file fewer. The index on client ids leaves out messages without one.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index(
            "uq_message_sender_id_client_id",
            "sender_id",
            "client_id",
            unique=True,
            sqlite_where=HAS_CLIENT_ID,
            postgresql_where=HAS_CLIENT_ID,
        ),
        {"sqlite_with_rowid": False},
    )

    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    sender_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    content: Mapped[str] = mapped_column(Text)
    client_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(Id, server_default=ZERO)
