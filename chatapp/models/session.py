"""One revocable sign-in."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import NOTHING, Base, Id, Instant

DEVICE_CHARACTERS = 250
TOKEN_NAME_CHARACTERS = 100
TOKEN = "token"  # noqa: S105
"""The method of a bot."""


class Session(Base):
    """`id` is the token's `jti`. A token is valid only while its row exists and is not revoked.

    `method` is how the user showed who they are: `name`, `password`, `code` (a password and a code), `recovery_code`,
    `passkey`, `invitation`, `provider` or `directory` (its password), or `token`; empty in sessions of older versions.
    A `token` is one of a bot: its `id` is that of `bot_tokens.py: session_id_of`, and it has a `name`. `device` is
    the browser's User-Agent, shortened. `address` is the one that the session was last used from, and `last_used_at` is
    at most `actions/sessions.py: USE_NOTED_EVERY` older than its last use.
    """

    __tablename__ = "session"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    method: Mapped[str] = mapped_column(String(20), default="", server_default=NOTHING)
    name: Mapped[str] = mapped_column(String(TOKEN_NAME_CHARACTERS), default="", server_default=NOTHING)
    device: Mapped[str] = mapped_column(String(DEVICE_CHARACTERS), default="", server_default=NOTHING)
    address: Mapped[str] = mapped_column(String(64), default="", server_default=NOTHING)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
