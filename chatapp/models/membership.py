"""A user's membership in a conversation, with a role and two watermarks; and a former membership."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import ZERO, Base, Id, Instant
from chatapp.models.conversation import ADMINS, EVERYBODY

OWNER = "owner"
ADMIN = "admin"
MEMBER = "member"
ROLES = (OWNER, ADMIN, MEMBER)
ROLES_OF = {EVERYBODY: ROLES, ADMINS: (OWNER, ADMIN)}
"""The roles that a setting of a group permits: `writers` to write, `pinners` to pin messages."""


class Membership(Base):
    """The watermarks are the highest sequences that were delivered to the member and that the member read. They only
    rise.

    `delivered_at` and `read_at` are the times of their last rise (None: before those were recorded), `delivered_before`
    and `read_before` the watermarks before it.

    `revision` is the conversation's revision that last changed the row; watermarks do not count. `user_revision` is the
    user's revision that added the membership. `joined_sequence` is the conversation's last sequence at that time: if
    the group does not share its history, the member sees later messages only.
    """

    __tablename__ = "membership"
    __table_args__ = (Index("ix_membership_conversation_id_revision", "conversation_id", "revision"),)

    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(10), default=MEMBER)
    delivered_sequence: Mapped[int] = mapped_column(Id, default=0)
    read_sequence: Mapped[int] = mapped_column(Id, default=0)
    delivered_before: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)
    read_before: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    joined_at: Mapped[datetime] = mapped_column(Instant)
    joined_sequence: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
    revision: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
    user_revision: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)


class FormerMembership(Base):
    """A user who left a conversation. A client that was offline learns of it from this row by a sync.

    The revisions are those of the change: the user left or was removed, or the group was deleted. Joining again removes
    the row.
    """

    __tablename__ = "former_membership"
    __table_args__ = (
        Index("ix_former_membership_conversation_id_revision", "conversation_id", "revision"),
        Index("ix_former_membership_user_id_user_revision", "user_id", "user_revision"),
    )

    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(Id)
    user_revision: Mapped[int] = mapped_column(Id)
