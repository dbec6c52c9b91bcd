"""Online users, and the Socket.IO processes (nodes) that they are connected to."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id, Instant

NODE_SILENCE = timedelta(seconds=15)
"""After this time without a heartbeat (three intervals) a Socket.IO process is dead, and nobody is online on it."""


class Node(Base):
    """A running Socket.IO process. After NODE_SILENCE without a heartbeat it is dead, and nobody is online on it."""

    __tablename__ = "node"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class Presence(Base):
    """A user with at least one connection on a node."""

    __tablename__ = "presence"

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    node: Mapped[str] = mapped_column(String(255), ForeignKey("node.name"), primary_key=True)
