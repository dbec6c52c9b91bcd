"""Jobs: what is done in the background, now or later."""

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import ZERO, Base, Id, Instant

WAITING = "waiting"
RUNNING = "running"
FAILED = "failed"

IS_WAITING = text(f"state = '{WAITING}'")
IS_RUNNING = text(f"state = '{RUNNING}'")
IS_NOT_FAILED = text(f"state <> '{FAILED}'")


class JobRow(Base):
    """`kind` says what is done, and `payload` with what (a JSON object). `key` identifies a job among those of its kind
    that wait: there is one of each at most.

    `due_at` is when it runs, and while it runs, when it is taken for lost. `attempts` counts those begun. `node` is the
    process that began the last one. `error` is what went wrong last. A job that failed for good stays as a dead letter;
    one that is done has no row. Ids are never used again: with `attempts` they tell a lost run from a later one.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("uq_job_kind_key", "kind", "key", unique=True, sqlite_where=IS_WAITING, postgresql_where=IS_WAITING),
        Index("ix_job_kind_key", "kind", "key", sqlite_where=IS_RUNNING, postgresql_where=IS_RUNNING),
        Index("ix_job_kind_due_at", "kind", "due_at", sqlite_where=IS_NOT_FAILED, postgresql_where=IS_NOT_FAILED),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str | None] = mapped_column(String(200))
    payload: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(Integer, server_default=ZERO)
    created_at: Mapped[datetime] = mapped_column(Instant)
    node: Mapped[str | None] = mapped_column(String(255))
    error: Mapped[str | None] = mapped_column(Text)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
