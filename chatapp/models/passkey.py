"""Passkeys, and the challenges that were answered."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id, Instant


class Passkey(Base):
    """A WebAuthn credential of a user. The private key never leaves the authenticator.

    `credential_id` is base64url as on the wire, `public_key` a COSE key. All passkeys of a user have the same random
    `user_handle`, by which an authenticator knows that they belong together. `transports` are separated by spaces.
    """

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), index=True)
    user_handle: Mapped[bytes] = mapped_column(LargeBinary)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(Id)
    transports: Mapped[str] = mapped_column(String(100))
    aaguid: Mapped[str] = mapped_column(String(36))
    name: Mapped[str] = mapped_column(String(100))
    is_backed_up: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)


class UsedChallenge(Base):
    """A challenge that was answered, so that the answer serves once. The row may go when the challenge has expired."""

    __tablename__ = "used_challenge"

    challenge: Mapped[str] = mapped_column(String(100), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
