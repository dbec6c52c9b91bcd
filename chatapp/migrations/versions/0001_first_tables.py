"""The first tables."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id, Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "node",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_node")),
    )
    op.create_table(
        "notice",
        sa.Column("id", Id, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "user",
        sa.Column("id", Id, nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("last_seen_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("username", name=op.f("uq_user_username")),
    )
    op.create_table(
        "conversation",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.Column("direct_key", sa.String(length=129), nullable=True),
        sa.Column("created_by", Id, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("last_sequence", Id, nullable=False),
        sa.Column("last_message_at", Instant(), nullable=True),
        sa.CheckConstraint("(kind = 'direct') = (direct_key IS NOT NULL)", name=op.f("ck_conversation_direct_has_key")),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_conversation_created_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("direct_key", name=op.f("uq_conversation_direct_key")),
    )
    op.create_table(
        "presence",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("node", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["node"], ["node.name"], name=op.f("fk_presence_node_node")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_presence_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "node", name=op.f("pk_presence")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_session_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
    )
    op.create_index("ix_session_user_id", "session", ["user_id"])

    op.create_table(
        "membership",
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("delivered_sequence", Id, nullable=False),
        sa.Column("read_sequence", Id, nullable=False),
        sa.Column("joined_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_membership_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_membership_user_id_user")),
        sa.PrimaryKeyConstraint("conversation_id", "user_id", name=op.f("pk_membership")),
    )
    op.create_index("ix_membership_user_id", "membership", ["user_id"])

    op.create_table(
        "message",
        sa.Column("id", Id, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("sequence", Id, nullable=False),
        sa.Column("sender_id", Id, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_message_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["user.id"], name=op.f("fk_message_sender_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("conversation_id", "sequence", name=op.f("uq_message_conversation_id_sequence")),
        sa.UniqueConstraint("sender_id", "client_id", name=op.f("uq_message_sender_id_client_id")),
    )


def downgrade() -> None:
    op.drop_table("message")
    op.drop_index("ix_membership_user_id", "membership")

    op.drop_table("membership")
    op.drop_index("ix_session_user_id", "session")

    op.drop_table("session")
    op.drop_table("presence")
    op.drop_table("conversation")
    op.drop_table("user")
    op.drop_table("notice")
    op.drop_table("node")
