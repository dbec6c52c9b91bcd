"""Messages change: edits with their earlier versions, deletions, reactions, pins; and they answer other messages."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id, Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBERS = ("changed_revision", "content_revision", "reply_to", "deleted_by_id", "pinned_by_id")
INSTANTS = ("edited_at", "deleted_at", "pinned_at")
HAS_CHANGED = sa.text("changed_revision IS NOT NULL")
IS_PINNED = sa.text("pinned_at IS NOT NULL")


def upgrade() -> None:
    for name in NUMBERS:
        op.add_column("message", sa.Column(name, Id, nullable=True))
    for name in INSTANTS:
        op.add_column("message", sa.Column(name, Instant(), nullable=True))
    op.create_index(
        "ix_message_conversation_id_changed_revision",
        "message",
        ["conversation_id", "changed_revision"],
        sqlite_where=HAS_CHANGED,
        postgresql_where=HAS_CHANGED,
    )
    op.create_index(
        "ix_message_conversation_id_pinned_at",
        "message",
        ["conversation_id", "pinned_at"],
        sqlite_where=IS_PINNED,
        postgresql_where=IS_PINNED,
    )
    op.create_table(
        "message_version",
        *_message_key("message_version"),
        sa.Column("number", Id, autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "sequence", "number", name=op.f("pk_message_version")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reaction",
        *_message_key("reaction"),
        sa.Column("emoji", sa.String(length=32), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.Column("reacted_at", Instant(), nullable=False),
        sa.Column("revision", Id, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_reaction_user_id_user")),
        sa.PrimaryKeyConstraint("conversation_id", "sequence", "emoji", "user_id", name=op.f("pk_reaction")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("reaction")
    op.drop_table("message_version")
    op.drop_index("ix_message_conversation_id_pinned_at", "message")
    op.drop_index("ix_message_conversation_id_changed_revision", "message")
    for name in (*NUMBERS, *INSTANTS):
        op.drop_column("message", name)


def _message_key(table: str) -> tuple[sa.Column[int], sa.Column[int], sa.ForeignKeyConstraint]:
    name = op.f(f"fk_{table}_conversation_id_conversation")
    return (
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("sequence", Id, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=name),
    )
