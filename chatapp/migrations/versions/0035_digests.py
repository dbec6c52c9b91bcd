"""How often people hear by e-mail of what they have missed, and of what they have heard."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id, Instant

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digest_position",
        sa.Column("user_id", Id, autoincrement=False, nullable=False),
        sa.Column("told_until", Instant(), nullable=True),
        sa.Column("begun_at", Instant(), nullable=True),
        sa.Column("number", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_digest_position_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_digest_position")),
    )
    op.add_column("user_settings", sa.Column("digest", sa.String(8), server_default="daily", nullable=False))


def downgrade() -> None:
    op.drop_column("user_settings", "digest")
    op.drop_table("digest_position")
