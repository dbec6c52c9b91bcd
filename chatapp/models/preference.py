"""What concerns one user alone: their settings, their preferences for each conversation, and their drafts."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import Base, Id

DEFAULT = "default"
"""All messages of a private conversation and of a thread; of a group those that mention the user or answer them."""
ALL = "all"
MENTIONS = "mentions"
NONE = "none"

HOURLY = "hourly"
DAILY = "daily"


class ConversationPreference(Base):
    """A user's preferences for one conversation.

    `target_id` is the group's id if `is_group`, else the id of the other user. So there may be preferences for a person
    to whom nothing was said yet. `level` says which messages notify. The messages from the sequence `unread_from` on
    are marked as unread. `user_revision` is the user's revision that last changed the row.
    """

    __tablename__ = "conversation_preference"
    __table_args__ = (Index("ix_conversation_preference_user_id_user_revision", "user_id", "user_revision"),)

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    is_group: Mapped[bool] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    level: Mapped[str] = mapped_column(String(10), default=DEFAULT)
    unread_from: Mapped[int | None] = mapped_column(Id)
    user_revision: Mapped[int] = mapped_column(Id)


class Draft(Base):
    """Text that a user has typed and not sent. The conversation is named as for a preference. A draft that was sent or
    deleted stays as an empty one, from which the user's other devices learn of it."""

    __tablename__ = "draft"
    __table_args__ = (Index("ix_draft_user_id_user_revision", "user_id", "user_revision"),)

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    is_group: Mapped[bool] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    content: Mapped[str] = mapped_column(Text)
    user_revision: Mapped[int] = mapped_column(Id)


class UserSettings(Base):
    """A user's settings, the same on all of their devices; without a row they are the defaults.

    `do_not_disturb` holds the hours without notifications, in the form of the wire. `shows_content`: notifications say
    who wrote what, and not only that there is a message. `shares_reads`,
    `shares_last_seen` and `shares_typing` say whether others see what the user has read, when they were last connected,
    and that they are typing. `shows_previews` says whether links have previews: those that the user sees, and those in
    the user's own messages. `digest` says how often an e-mail tells of what was
    missed, at most: HOURLY, DAILY, or "off".
    `user_revision` is the user's revision that last changed the row.
    """

    __tablename__ = "user_settings"
    __table_args__ = (
        Index("ix_user_settings_shares_reads_user_id", "shares_reads", "user_id"),
        Index("ix_user_settings_shares_typing_user_id", "shares_typing", "user_id"),
    )

    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    shares_reads: Mapped[bool] = mapped_column(default=True, server_default=true())
    shares_last_seen: Mapped[bool] = mapped_column(default=True, server_default=true())
    shares_typing: Mapped[bool] = mapped_column(default=True, server_default=true())
    shows_previews: Mapped[bool] = mapped_column(default=True, server_default=true())
    shows_content: Mapped[bool] = mapped_column(default=True, server_default=true())
    digest: Mapped[str] = mapped_column(String(8), default=DAILY, server_default=DAILY)
    do_not_disturb: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    user_revision: Mapped[int] = mapped_column(Id)
