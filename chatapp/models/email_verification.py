"""An e-mail address that a user has entered and not confirmed yet."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id, Instant


class EmailVerification(Base):
    """A user has one at most. Only a hash of the secret in the link is stored, as with an invitation. Several users may
    wait for one address: whoever reads its e-mail decides."""

    __tablename__ = "email_verification"

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True, autoincrement=False)
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(16))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(Instant)
