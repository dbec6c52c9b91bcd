"""Where messages stand in one order: between two people, or in a group."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id, Instant

DIRECT = "direct"
GROUP = "group"


class Conversation(Base):
    """`last_sequence` is the number of its newest message: the next one gets that plus one, in the same transaction."""

    __tablename__ = "conversation"
    __table_args__ = (CheckConstraint("(kind = 'direct') = (direct_key IS NOT NULL)", name="direct_has_key"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str | None] = mapped_column(String(100))
    direct_key: Mapped[str | None] = mapped_column(String(129), unique=True)
    created_by: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_sequence: Mapped[int] = mapped_column(Id, default=0)
    last_message_at: Mapped[datetime | None] = mapped_column(Instant)


def direct_key(first: str, second: str) -> str:
    """One key for two usernames in either order. A username holds no space, so no two pairs share a key."""
    return " ".join(sorted((first, second)))


def other_of(key: str, username: str) -> str:
    """The one of a direct key's two usernames that is not `username`; `username` itself in a talk with oneself."""
    first, second = key.split(" ")
    return second if first == username else first
