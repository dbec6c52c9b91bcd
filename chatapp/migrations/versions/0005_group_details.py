"""Groups have a topic, a description, and settings: who finds them, who writes and who pins."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import NOTHING

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = [
        sa.Column("is_public", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("writers", sa.String(length=10), nullable=False, server_default="everybody"),
        sa.Column("pinners", sa.String(length=10), nullable=False, server_default="everybody"),
        sa.Column("topic", sa.Text(), nullable=False, server_default=NOTHING),
        sa.Column("search_name", sa.Text(), nullable=False, server_default=NOTHING),
        sa.Column("description", sa.Text(), nullable=False, server_default=NOTHING),
    ]
    for column in columns:
        op.add_column("conversation", column)
    op.create_index(
        "ix_conversation_search_name_id",
        "conversation",
        ["search_name", "id"],
        sqlite_where=sa.text("is_public = 1"),
        postgresql_where=sa.text("is_public"),
    )


def downgrade() -> None:
    op.drop_index("ix_conversation_search_name_id", "conversation")
    for name in ("description", "search_name", "topic", "pinners", "writers", "is_public"):
        op.drop_column("conversation", name)
