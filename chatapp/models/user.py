"""A user account."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import NOTHING, ZERO, Base, Id, Instant

ADMINISTRATOR = "administrator"
MODERATOR = "moderator"
MEMBER = "member"
GUEST = "guest"
BOT = "bot"

FULL_MEMBERS = (ADMINISTRATOR, MODERATOR, MEMBER)
PERSONS = (*FULL_MEMBERS, GUEST)
SEE_FEW = (GUEST, BOT)
"""The roles that see only whom they share a conversation with: `chatapp.visibility`."""


class User(Base):
    """`username` names the user on the wire and in the keys of direct conversations. It may change, by
    `actions/username_changes.py` alone; what identifies the user is the id.

    `role` is that in the whole system; a membership has another one, for its group. A bot is a program: it has no
    password and no e-mail address, and is signed in by its tokens alone (`actions/bots.py`).

    `email` is null or verified: an operator or a provider of sign-in has set it, or the user has opened a link that was
    sent there (`email_verification`). It is in lower case, as `payload_fields.EmailAddress` makes it. `mail_language`
    is that of the page when the user set it, or empty.

    `revision` counts the changes that concern this user alone: the conversations that they join and leave.

    `name_skeleton` is that of the username, by which a new name is refused that looks like this one. It is null for an
    account that is older than this rule and whose name looks like that of a still older one: the oldest has it.
    `display_skeleton` is that of the first and the last name. Both are of `chatapp.lookalikes`.
    `profile_revision` counts the changes of what others see of them: both names, `status_text`, `time_zone` (an IANA
    name) and `picture` (the hash of the row in `picture`). The last three may be empty.

    `removed_at` is when the person was removed. The row stays as the author of what is kept of theirs, and says nothing
    else of them.
    """

    __tablename__ = "user"
    __table_args__ = (
        Index("uq_user_name_skeleton", "name_skeleton", unique=True),
        Index("ix_user_display_skeleton", "display_skeleton"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    first_name: Mapped[str] = mapped_column(String(100))
    last_name: Mapped[str] = mapped_column(String(100))
    name_skeleton: Mapped[str | None] = mapped_column(String(255))
    display_skeleton: Mapped[str] = mapped_column(String(255), default="", server_default=NOTHING)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    email: Mapped[str | None] = mapped_column(String(254), unique=True, index=True)
    mail_language: Mapped[str] = mapped_column(String(16), default="", server_default=NOTHING)
    role: Mapped[str] = mapped_column(String(16), default=MEMBER, server_default=MEMBER)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime | None] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
    status_text: Mapped[str] = mapped_column(String(100), default="", server_default=NOTHING)
    time_zone: Mapped[str] = mapped_column(String(64), default="", server_default=NOTHING)
    picture: Mapped[str] = mapped_column(String(32), default="", server_default=NOTHING)
    profile_revision: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
