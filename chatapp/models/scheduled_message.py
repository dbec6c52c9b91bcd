"""A message that is sent later."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import NOTHING, Base, Id, Instant

WAITING = "waiting"
FAILED = "failed"
GONE = "gone"


class ScheduledMessage(Base):
    """`client_id` identifies the row among the user's, and becomes the message's. The conversation is named as for a
    preference: `target_id` is a group's id, or that of the other user.

    `status` says whether it waits for `due_at`, could not be sent (`failure_code` and `failure_message` say why), or is
    gone, because it was sent or deleted: then it has no text, and the user's other devices learn of it from the row.
    `files` is what its author says of the uploads that it has, as `journal/scheduled_files.py` writes it.
    `user_revision` is the user's revision that last changed the row.
    """

    __tablename__ = "scheduled_message"
    __table_args__ = (Index("ix_scheduled_message_user_id_user_revision", "user_id", "user_revision"),)

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    is_group: Mapped[bool]
    target_id: Mapped[int] = mapped_column(Id)
    content: Mapped[str] = mapped_column(Text)
    files: Mapped[str] = mapped_column(Text, server_default=NOTHING)
    reply_to: Mapped[int | None] = mapped_column(Id)
    due_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(String(10))
    failure_code: Mapped[str | None] = mapped_column(String(40))
    failure_message: Mapped[str | None] = mapped_column(Text)
    user_revision: Mapped[int] = mapped_column(Id)
