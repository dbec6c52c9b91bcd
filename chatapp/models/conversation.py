"""A conversation: the messages between two people, or in a group, in one order."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text, true
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import ZERO, Base, Id, Instant

DIRECT = "direct"
GROUP = "group"
DELETED = "deleted"
"""A group that was deleted: nobody is in it, and nothing that was said in it is left."""

HAS_CLIENT_ID = text("client_id IS NOT NULL")


class Conversation(Base):
    """`last_sequence` is the number of its newest message, `revision` the number of its newest change of any kind.

    Each message takes the next sequence and the next revision, any other change the next revision, in the transaction
    that stores it. `state_revision` is the newest change that is no message: who has all up to there needs messages
    only. `details_revision` is the newest change of this row's own columns: the name, and whether a member sees what
    was said before joining. `client_id`, unique for its creator, makes it harmless to create a group twice.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        CheckConstraint("(kind = 'direct') = (direct_key IS NOT NULL)", name="direct_has_key"),
        Index(
            "uq_conversation_created_by_client_id",
            "created_by",
            "client_id",
            unique=True,
            sqlite_where=HAS_CLIENT_ID,
            postgresql_where=HAS_CLIENT_ID,
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str | None] = mapped_column(String(100))
    direct_key: Mapped[str | None] = mapped_column(String(129), unique=True)
    created_by: Mapped[int] = mapped_column(Id, ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    client_id: Mapped[str | None] = mapped_column(String(36))
    shares_history: Mapped[bool] = mapped_column(default=True, server_default=true())
    last_sequence: Mapped[int] = mapped_column(Id, default=0)
    last_message_at: Mapped[datetime | None] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
    state_revision: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
    details_revision: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)


def direct_key(first: str, second: str) -> str:
    """One key for two usernames in either order. A username holds no space, so no two pairs share a key."""
    return " ".join(sorted((first, second)))


def other_of(key: str, username: str) -> str:
    """The one of a direct key's two usernames that is not `username`; `username` itself in a talk with oneself."""
    first, second = key.split(" ")
    return second if first == username else first
