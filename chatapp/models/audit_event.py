"""One line of the audit log."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import NOTHING, Base, Id, Instant


class AuditEvent(Base):
    """Who did what, when and from where. Rows are added and never changed: triggers refuse it.

    The names are those of the time of the event. They refer to no other table, so that the log survives what it tells
    of. An event without an actor is the work of an operator, by the command line.
    """

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_actor_id_id", "actor_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int | None] = mapped_column(Id)
    actor: Mapped[str] = mapped_column(String(64), server_default=NOTHING)
    target: Mapped[str] = mapped_column(String(100), server_default=NOTHING)
    address: Mapped[str] = mapped_column(String(64), server_default=NOTHING)
    details: Mapped[str] = mapped_column(Text)
