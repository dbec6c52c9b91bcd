"""What somebody said."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import ZERO, Base, Id, Instant

HAS_CLIENT_ID = text("client_id IS NOT NULL")


class Message(Base):
    """`sequence` is dense from 1 in its conversation; `revision` is the conversation's at which it was stored, and
    rises with the sequence. `client_id`, unique for its sender, makes a retry harmless.

    SQLite keeps the rows in the order of their key, so that a page of history lies together and a new message changes
    one page of the file less. Messages without a client id are in no index for it.
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
