"""A message that somebody reported to the moderators."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id, Instant

COMMENT_CHARACTERS = 1_000
IS_OPEN = text("closed_at IS NULL")


class Report(Base):
    """One person's report of one message. `content` is the text that the message had then, which no edit and no
    deletion changes. It and the `comment` are erased when the report is closed; the row stays, so that nobody reports
    the same text again after its report was closed."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("conversation_id", "sequence", "reporter_id"),
        Index("ix_report_open", "id", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("ix_report_reporter_id", "reporter_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(Id)
    sequence: Mapped[int] = mapped_column(Id)
    reporter_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    author_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(String(16))
    comment: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
