"""What concerns one user alone: settings, preferences for each conversation, drafts; and the times of watermarks."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WATERMARKS = ("delivered", "read")


def upgrade() -> None:
    _create_conversation_preference()
    _create_draft()
    _create_user_settings()
    for name in WATERMARKS:
        op.add_column("membership", sa.Column(f"{name}_before", Id, nullable=False, server_default="0"))
        op.add_column("membership", sa.Column(f"{name}_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    for name in WATERMARKS:
        op.drop_column("membership", f"{name}_at")
        op.drop_column("membership", f"{name}_before")
    op.drop_table("user_settings")
    op.drop_table("draft")
    op.drop_table("conversation_preference")


def _create_conversation_preference() -> None:
    op.create_table(
        "conversation_preference",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("target_id", Id, autoincrement=False, nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("unread_from", Id, nullable=True),
        sa.Column("user_revision", Id, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_conversation_preference_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "is_group", "target_id", name=op.f("pk_conversation_preference")),
    )
    op.create_index(
        "ix_conversation_preference_user_id_user_revision", "conversation_preference", ["user_id", "user_revision"]
    )


def _create_draft() -> None:
    op.create_table(
        "draft",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("target_id", Id, autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("user_revision", Id, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_draft_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "is_group", "target_id", name=op.f("pk_draft")),
    )
    op.create_index("ix_draft_user_id_user_revision", "draft", ["user_id", "user_revision"])


def _create_user_settings() -> None:
    op.create_table(
        "user_settings",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("shares_reads", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("shares_last_seen", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("shares_typing", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("do_not_disturb", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("user_revision", Id, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_settings_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_settings")),
    )
    for name in ("shares_reads", "shares_typing"):
        op.create_index(f"ix_user_settings_{name}_user_id", "user_settings", [name, "user_id"])
