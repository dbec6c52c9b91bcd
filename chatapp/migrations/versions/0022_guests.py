"""Invitations for guests, and the groups that they lead to."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invite") as batch:
        batch.add_column(sa.Column("role", sa.String(16), nullable=False, server_default="member"))
    op.create_table(
        "invite_group",
        sa.Column("invite_id", Id, autoincrement=False, nullable=False),
        sa.Column("conversation_id", Id, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["invite_id"], ["invite.id"], name=op.f("fk_invite_group_invite_id_invite")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_invite_group_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("invite_id", "conversation_id", name=op.f("pk_invite_group")),
    )


def downgrade() -> None:
    op.drop_table("invite_group")
    with op.batch_alter_table("invite") as batch:
        batch.drop_column("role")
