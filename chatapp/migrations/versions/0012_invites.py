"""Invitations to make an account."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import ZERO, Id, Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invite",
        sa.Column("id", Id, nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("uses_allowed", Id, nullable=False),
        sa.Column("uses", Id, server_default=ZERO, nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_invite_secret_hash")),
    )


def downgrade() -> None:
    op.drop_table("invite")
