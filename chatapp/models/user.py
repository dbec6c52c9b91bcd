"""A user account."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import ZERO, Base, Id, Instant

ADMINISTRATOR = "administrator"
MODERATOR = "moderator"
MEMBER = "member"
GUEST = "guest"
BOT = "bot"


class User(Base):
    """`username` identifies the user in tokens, on the wire and in the keys of direct conversations. It never changes.

    `role` is that in the whole system; a membership has another one, for its group.

    `email` is null or verified: an operator or a provider of sign-in has set it, never the user. It is in lower case,
    as `payload_fields.EmailAddress` makes it.

    `revision` counts the changes that concern this user alone: the conversations that they join and leave.
    """

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    first_name: Mapped[str] = mapped_column(String(100))
    last_name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    email: Mapped[str | None] = mapped_column(String(254), unique=True, index=True)
    role: Mapped[str] = mapped_column(String(16), default=MEMBER, server_default=MEMBER)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime | None] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
