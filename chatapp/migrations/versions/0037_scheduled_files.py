"""The files of scheduled messages."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scheduled_message", sa.Column("files", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("upload", sa.Column("scheduled_as", sa.String(36), nullable=True))


def downgrade() -> None:
    op.drop_column("upload", "scheduled_as")
    op.drop_column("scheduled_message", "files")
