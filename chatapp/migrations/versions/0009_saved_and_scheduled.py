"""Where a forwarded message comes from, and the messages that users have saved, and that they send later."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

IS_WAITING = sa.text("status = 'waiting'")
ORIGIN = ("forwarded_from_id", "origin_conversation_id", "origin_sequence")


def upgrade() -> None:
    for name in ORIGIN:
        op.add_column("message", sa.Column(name, Id, nullable=True))
    op.add_column("message", sa.Column("forwarded_at", sa.BigInteger(), nullable=True))
    _create_saved_message()
    _create_scheduled_message()


def downgrade() -> None:
    op.drop_table("scheduled_message")
    op.drop_table("saved_message")
    op.drop_column("message", "forwarded_at")
    for name in reversed(ORIGIN):
        op.drop_column("message", name)


def _create_saved_message() -> None:
    op.create_table(
        "saved_message",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("conversation_id", Id, autoincrement=False, nullable=False),
        sa.Column("sequence", Id, autoincrement=False, nullable=False),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.Column("user_revision", Id, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_message_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "conversation_id", "sequence", name=op.f("pk_saved_message")),
    )
    op.create_index("ix_saved_message_user_id_user_revision", "saved_message", ["user_id", "user_revision"])


def _create_scheduled_message() -> None:
    op.create_table(
        "scheduled_message",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("target_id", Id, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reply_to", Id, nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("failure_code", sa.String(length=40), nullable=True),
        sa.Column("failure_message", sa.Text(), nullable=True),
        sa.Column("user_revision", Id, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_scheduled_message_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "client_id", name=op.f("pk_scheduled_message")),
    )
    op.create_index("ix_scheduled_message_user_id_user_revision", "scheduled_message", ["user_id", "user_revision"])
    op.create_index(
        "ix_scheduled_message_due_at",
        "scheduled_message",
        ["due_at"],
        sqlite_where=IS_WAITING,
        postgresql_where=IS_WAITING,
    )
