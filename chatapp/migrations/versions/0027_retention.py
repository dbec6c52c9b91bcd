"""How long messages are kept, and up to which one they are erased."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import ZERO, Id

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation", sa.Column("retention_days", sa.Integer(), server_default=ZERO, nullable=False))
    op.add_column("conversation", sa.Column("erased_sequence", Id, server_default=ZERO, nullable=False))


def downgrade() -> None:
    for name in ("erased_sequence", "retention_days"):
        op.drop_column("conversation", name)
