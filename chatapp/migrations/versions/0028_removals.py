"""People who were removed, and removals that are under way."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import ZERO, Id, Instant

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("removed_at", Instant(), nullable=True))
    op.create_table(
        "removal",
        sa.Column("user_id", Id, autoincrement=False, nullable=False),
        sa.Column("erases", sa.Boolean(), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("conversation_id", Id, server_default=ZERO, nullable=False),
        sa.Column("sequence", Id, server_default=ZERO, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_removal_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_removal")),
    )


def downgrade() -> None:
    op.drop_table("removal")
    op.drop_column("user", "removed_at")
