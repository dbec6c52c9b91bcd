"""Polls: the question and the options of a message, and the votes."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id, Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "poll",
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("sequence", Id, autoincrement=False, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("is_multiple", sa.Boolean(), nullable=False),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_poll_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "sequence", name=op.f("pk_poll")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "poll_vote",
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("sequence", Id, autoincrement=False, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("choices", Id, nullable=False),
        sa.Column("voted_at", Instant(), nullable=False),
        sa.Column("revision", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_poll_vote_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_poll_vote_user_id_user")),
        sa.PrimaryKeyConstraint("conversation_id", "sequence", "user_id", name=op.f("pk_poll_vote")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("poll_vote")
    op.drop_table("poll")
