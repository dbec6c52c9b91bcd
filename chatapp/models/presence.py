"""Who is online, and on which Socket.IO process."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id, Instant


class Node(Base):
    """A running Socket.IO process. One that has not been seen for NODE_SILENCE is dead, and nobody is online on it."""

    __tablename__ = "node"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class Presence(Base):
    """A user has at least one connection on a node."""

    __tablename__ = "presence"

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    node: Mapped[str] = mapped_column(String(255), ForeignKey("node.name"), primary_key=True)
