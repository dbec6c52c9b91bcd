"""Threads: conversations whose parent is a message."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INDEX = "uq_conversation_parent_id_root_sequence"
COLUMNS = ("parent_id", "root_sequence")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("conversation", sa.Column(name, Id, nullable=True))
    op.create_index(INDEX, "conversation", [*COLUMNS], unique=True)


def downgrade() -> None:
    op.drop_index(INDEX, "conversation")
    for name in COLUMNS:
        op.drop_column("conversation", name)
