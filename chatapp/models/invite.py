"""An invitation to make an account."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import ZERO, Base, Id, Instant
from chatapp.models.user import MEMBER


class Invite(Base):
    """Whoever has its secret can make an account, until it expires, is revoked, or was used `uses_allowed` times.

    Only a hash of the secret is stored: who reads the database, or a copy of it, cannot join. `role` is that of the
    accounts, MEMBER or GUEST.
    """

    __tablename__ = "invite"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    uses_allowed: Mapped[int] = mapped_column(Id)
    uses: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    role: Mapped[str] = mapped_column(String(16), default=MEMBER, server_default=MEMBER)


class InviteGroup(Base):
    """A group that the accounts made with an invitation for guests become members of."""

    __tablename__ = "invite_group"

    invite_id: Mapped[int] = mapped_column(Id, ForeignKey("invite.id"), primary_key=True, autoincrement=False)
    conversation_id: Mapped[int] = mapped_column(
        Id, ForeignKey("conversation.id"), primary_key=True, autoincrement=False
    )
