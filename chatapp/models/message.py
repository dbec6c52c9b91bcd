"""A message in a conversation, with its earlier versions and its reactions."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import ZERO, Base, Id, Instant

HAS_CLIENT_ID = text("client_id IS NOT NULL")
HAS_CHANGED = text("changed_revision IS NOT NULL")
IS_PINNED = text("pinned_at IS NOT NULL")


class Message(Base):
    """`sequence` numbers the messages of a conversation densely from 1. `revision` is the conversation's revision that
    stored the message; it rises with the sequence. `client_id`, unique for each sender, makes a retry idempotent.

    `changed_revision` is the conversation's revision that last changed the message by an edit, a deletion, a reaction
    or a pin. `content_revision` is the last one that changed its text. Both are None for a message that never changed.
    A deleted message keeps its row and has no text. `reply_to` is the sequence of the message that it answers.
    A forwarded message says who wrote the original, when it was sent, and where; it has no `reply_to`.
    `mentions` says where in the text somebody is mentioned (`mentions.to_text`). `previews` counts the previews of
    links that the message shows; it is 0 if its sender removed them, and None if there are none.

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
        Index(
            "ix_message_conversation_id_changed_revision",
            "conversation_id",
            "changed_revision",
            sqlite_where=HAS_CHANGED,
            postgresql_where=HAS_CHANGED,
        ),
        Index(
            "ix_message_conversation_id_pinned_at",
            "conversation_id",
            "pinned_at",
            sqlite_where=IS_PINNED,
            postgresql_where=IS_PINNED,
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
    changed_revision: Mapped[int | None] = mapped_column(Id)
    content_revision: Mapped[int | None] = mapped_column(Id)
    reply_to: Mapped[int | None] = mapped_column(Id)
    forwarded_from_id: Mapped[int | None] = mapped_column(Id)
    forwarded_at: Mapped[datetime | None] = mapped_column(Instant)
    origin_conversation_id: Mapped[int | None] = mapped_column(Id)
    origin_sequence: Mapped[int | None] = mapped_column(Id)
    edited_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_by_id: Mapped[int | None] = mapped_column(Id)
    pinned_at: Mapped[datetime | None] = mapped_column(Instant)
    pinned_by_id: Mapped[int | None] = mapped_column(Id)
    mentions: Mapped[str | None] = mapped_column(Text)
    previews: Mapped[int | None]


class MessageVersion(Base):
    """An earlier text of an edited message. `number` counts from 1; `written_at` is when that text was written."""

    __tablename__ = "message_version"
    __table_args__ = ({"sqlite_with_rowid": False},)

    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    content: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Instant)


class Reaction(Base):
    """A user's reaction to a message. A reaction that was taken back keeps its row, with `is_removed`, so that a sync
    finds it. `revision` is the conversation's revision that last changed the row."""

    __tablename__ = "reaction"
    __table_args__ = ({"sqlite_with_rowid": False},)

    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    emoji: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    is_removed: Mapped[bool] = mapped_column(default=False)
    reacted_at: Mapped[datetime] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(Id)
