"""The names of the tokens of bots, which are sessions."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import NOTHING

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session", sa.Column("name", sa.String(100), server_default=NOTHING, nullable=False))


def downgrade() -> None:
    # In username mode the version before lets anybody sign in as a bot by its name.
    op.execute("UPDATE \"user\" SET is_active = false WHERE role = 'bot'")
    op.drop_column("session", "name")
