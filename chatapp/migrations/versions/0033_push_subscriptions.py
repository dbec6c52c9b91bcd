"""Push subscriptions, which notifications may still be shown, whether they say who wrote what, and a level of
notifications that nobody has chosen: until now that one was called "all"."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id, Instant

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "push_subscription",
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("endpoint", sa.String(1_000), nullable=False),
        sa.Column("client_key", sa.String(88), nullable=False),
        sa.Column("client_secret", sa.String(24), nullable=False),
        sa.Column("page", sa.String(255), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("succeeded_at", Instant(), nullable=True),
        sa.Column("failed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_push_subscription_session_id_session")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_push_subscription_user_id_user")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscription_endpoint")),
    )
    op.create_index("ix_push_subscription_user_id", "push_subscription", ["user_id"])
    op.create_table(
        "shown_notification",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_shown_notification_user_id_user")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_shown_notification_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("user_id", "conversation_id", name=op.f("pk_shown_notification")),
    )
    op.create_index("ix_shown_notification_conversation_id", "shown_notification", ["conversation_id"])
    op.create_table(
        "push_position",
        sa.Column("conversation_id", Id, autoincrement=False, nullable=False),
        sa.Column("sequence", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_push_position_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_push_position")),
    )
    op.add_column("user_settings", sa.Column("shows_content", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.execute("UPDATE conversation_preference SET level = 'default' WHERE level = 'all'")


def downgrade() -> None:
    op.execute("UPDATE conversation_preference SET level = 'all' WHERE level = 'default'")
    op.drop_column("user_settings", "shows_content")
    op.drop_table("push_position")
    op.drop_table("shown_notification")
    op.drop_table("push_subscription")
