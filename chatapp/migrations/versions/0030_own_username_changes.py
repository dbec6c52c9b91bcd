"""Which changes of usernames people made themselves. Those from before count towards nobody's limit."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("username_change", sa.Column("is_own", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("username_change", "is_own")
