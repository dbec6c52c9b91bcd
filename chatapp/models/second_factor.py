"""The second factor of an account, and its recovery codes."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import ZERO, Base, Id, Instant


class SecondFactor(Base):
    """The TOTP secret that a user shares with an authenticator app, encrypted with the installation's key.

    The factor is on from `confirmed_at`. `last_step` is the time step of the last accepted code: no code of that step
    or an earlier one is accepted any more.
    """

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    last_step: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)


class RecoveryCode(Base):
    """A code that serves once in place of the second factor. Only its SHA-256 is stored."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Instant)
