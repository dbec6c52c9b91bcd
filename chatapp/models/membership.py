"""A user in a conversation, with a role and two watermarks; and a user who was in one."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from chatapp.models.base import ZERO, Base, Id, Instant

OWNER = "owner"
ADMIN = "admin"
MEMBER = "member"
ROLES = (OWNER, ADMIN, MEMBER)


class Membership(Base):
    """The watermarks are the highest sequences that this member has been delivered, and has read. They only rise.

    `revision` is the conversation's at which the row was last changed, watermarks apart. `user_revision` is the user's
    at which they joined. `joined_sequence` is the conversation's last sequence then: where a group does not share its
    history, a member sees what came after it.
    """

    __tablename__ = "membership"
    __table_args__ = (Index("ix_membership_conversation_id_revision", "conversation_id", "revision"),)

    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("user.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(10), default=MEMBER)
    delivered_sequence: Mapped[int] = mapped_column(Id, default=0)
    read_sequence: Mapped[int] = mapped_column(Id, default=0)
    joined_at: Mapped[datetime] = mapped_column(Instant)
    joined_sequence: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
    revision: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)
    user_revision: Mapped[int] = mapped_column(Id, default=0, server_default=ZERO)


class FormerMembership(Base):
    """Says to clients that were away that a user is in a conversation no more. Joining again removes the row.

    The revisions are those at which the user left, was removed, or the group was deleted.
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
