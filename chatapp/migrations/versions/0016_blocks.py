"""People who block others, and direct conversations that take no messages for that reason."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "block",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("other_id", Id, nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("user_revision", Id, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_block_user_id_user")),
        sa.ForeignKeyConstraint(["other_id"], ["user.id"], name=op.f("fk_block_other_id_user")),
        sa.PrimaryKeyConstraint("user_id", "other_id", name=op.f("pk_block")),
    )
    op.create_index("ix_block_user_id_user_revision", "block", ["user_id", "user_revision"])
    op.create_index("ix_block_other_id", "block", ["other_id"])
    op.add_column("conversation", sa.Column("is_blocked", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("conversation", "is_blocked")
    op.drop_table("block")
