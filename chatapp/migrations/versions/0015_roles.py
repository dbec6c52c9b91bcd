"""The role of a user in the whole system."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.user import MEMBER

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("role", sa.String(16), server_default=MEMBER, nullable=False))


def downgrade() -> None:
    op.drop_column("user", "role")
