"""Mentions: where they are in the text of a message, and who is mentioned in which message."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("mentions", sa.Text(), nullable=True))
    op.create_table(
        "mention",
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("user_id", Id, autoincrement=False, nullable=False),
        sa.Column("sequence", Id, autoincrement=False, nullable=False),
        sa.Column("sender_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_mention_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "user_id", "sequence", name=op.f("pk_mention")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_mention_conversation_id_sequence", "mention", ["conversation_id", "sequence"])


def downgrade() -> None:
    op.drop_table("mention")
    op.drop_column("message", "mentions")
