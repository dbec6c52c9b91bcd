"""A notice that one process stores for another process on the same SQLite file."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id, Instant


class NoticeRow(Base):
    """`body` is a JSON array of notices. Rows are deleted after a minute; a process that missed one catches up."""

    __tablename__ = "notice"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
