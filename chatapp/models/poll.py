"""A poll, which belongs to a message, and the votes of its users."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id, Instant


class Poll(Base):
    """The question and the options of a message that is a poll. `options` has one option on each line; they never
    change. Without `closed_at` the poll ends at `closes_at`, if that is given."""

    __tablename__ = "poll"
    __table_args__ = ({"sqlite_with_rowid": False},)

    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    question: Mapped[str] = mapped_column(Text)
    options: Mapped[str] = mapped_column(Text)
    is_multiple: Mapped[bool]
    is_anonymous: Mapped[bool]
    closes_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class PollVote(Base):
    """A user's vote. Bit n of `choices` stands for option n, counted from 0. A vote that was taken back keeps its row,
    with no choices, so that a sync finds it. `revision` is the conversation's revision that last changed the row."""

    __tablename__ = "poll_vote"
    __table_args__ = ({"sqlite_with_rowid": False},)

    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    choices: Mapped[int] = mapped_column(Id)
    voted_at: Mapped[datetime] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(Id)
