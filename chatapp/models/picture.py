"""The picture of a user."""

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id


class Picture(Base):
    """A small WebP, found by the hash of its bytes. Each user has a row of their own, also for the same picture, so
    that nobody else's has to be looked at when one is removed."""

    __tablename__ = "picture"

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(32), index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
