"""Every change of a conversation takes a revision, and so does what changes for a user alone."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBERS = {
    "conversation": ("revision", "state_revision", "details_revision"),
    "membership": ("joined_sequence", "revision", "user_revision"),
    "message": ("revision",),
    "user": ("revision",),
}
HAS_CLIENT_ID = sa.text("client_id IS NOT NULL")


def upgrade() -> None:
    for table, columns in NUMBERS.items():
        for name in columns:
            op.add_column(table, sa.Column(name, Id, nullable=False, server_default="0"))
    op.add_column("conversation", sa.Column("client_id", sa.String(length=36), nullable=True))
    op.add_column("conversation", sa.Column("shares_history", sa.Boolean(), nullable=False, server_default=sa.true()))
    _number_what_is_there()
    op.create_index(
        "uq_conversation_created_by_client_id",
        "conversation",
        ["created_by", "client_id"],
        unique=True,
        sqlite_where=HAS_CLIENT_ID,
        postgresql_where=HAS_CLIENT_ID,
    )
    op.create_index("ix_membership_conversation_id_revision", "membership", ["conversation_id", "revision"])
    _create_former_membership()


def downgrade() -> None:
    op.drop_table("former_membership")
    op.drop_index("ix_membership_conversation_id_revision", "membership")
    op.drop_index("uq_conversation_created_by_client_id", "conversation")
    op.execute("UPDATE membership SET role = 'admin' WHERE role = 'owner'")
    op.drop_column("conversation", "shares_history")
    op.drop_column("conversation", "client_id")
    for table, columns in NUMBERS.items():
        for name in columns:
            op.drop_column(table, name)


def _number_what_is_there() -> None:
    """Messages are all that has changed so far: their revisions are their sequences. Who made a group owns it."""
    op.execute("UPDATE message SET revision = sequence")
    op.execute("UPDATE conversation SET revision = last_sequence")
    op.execute("UPDATE membership SET role = 'owner' WHERE role = 'admin'")
    op.execute(
        """UPDATE membership SET user_revision = joined.number FROM (
            SELECT conversation_id, user_id,
                ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY joined_at, conversation_id) AS number
            FROM membership
        ) AS joined
        WHERE joined.conversation_id = membership.conversation_id AND joined.user_id = membership.user_id"""
    )
    op.execute('UPDATE "user" SET revision = (SELECT COUNT(*) FROM membership WHERE membership.user_id = "user".id)')


def _create_former_membership() -> None:
    op.create_table(
        "former_membership",
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("revision", Id, nullable=False),
        sa.Column("user_revision", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_former_membership_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_former_membership_user_id_user")),
        sa.PrimaryKeyConstraint("conversation_id", "user_id", name=op.f("pk_former_membership")),
    )
    for columns in (["conversation_id", "revision"], ["user_id", "user_revision"]):
        op.create_index("ix_former_membership_" + "_".join(columns), "former_membership", columns)
