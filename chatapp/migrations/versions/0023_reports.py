"""Reports of messages, and people who may not sign in for a time."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id, Instant

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "suspension",
        sa.Column("user_id", Id, autoincrement=False, nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_suspension_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_suspension")),
    )
    op.create_table(
        "report",
        sa.Column("id", Id, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("sequence", Id, nullable=False),
        sa.Column("reporter_id", Id, nullable=False),
        sa.Column("author_id", Id, nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["reporter_id"], ["user.id"], name=op.f("fk_report_reporter_id_user")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_report_author_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint(
            "conversation_id", "sequence", "reporter_id", name=op.f("uq_report_conversation_id_sequence_reporter_id")
        ),
    )
    op.create_index("ix_report_open", "report", ["id"], sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
    op.create_index("ix_report_reporter_id", "report", ["reporter_id"])


def downgrade() -> None:
    op.drop_table("report")
    op.drop_table("suspension")
