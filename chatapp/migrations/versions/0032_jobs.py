"""Jobs. Scheduled messages that wait and removals that are under way get one each."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import ZERO, Id, Instant

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

IS_WAITING = sa.text("state = 'waiting'")
IS_RUNNING = sa.text("state = 'running'")
IS_NOT_FAILED = sa.text("state <> 'failed'")
SCHEDULED_WAITS = sa.text("status = 'waiting'")

SCHEDULED = """INSERT INTO job (kind, key, payload, due_at, state, created_at)
SELECT 'scheduled_message', CAST(user_id AS VARCHAR) || '/' || client_id, '{}', due_at, 'waiting', due_at
FROM scheduled_message WHERE status = 'waiting'"""

REMOVALS = """INSERT INTO job (kind, key, payload, due_at, state, created_at)
SELECT 'removal', CAST(user_id AS VARCHAR), '{}', began_at, 'waiting', began_at FROM removal"""


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=ZERO, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("node", sa.String(length=255), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("failed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sqlite_autoincrement=True,
    )
    for name, columns, condition, is_unique in (
        ("uq_job_kind_key", ["kind", "key"], IS_WAITING, True),
        ("ix_job_kind_key", ["kind", "key"], IS_RUNNING, False),
        ("ix_job_kind_due_at", ["kind", "due_at"], IS_NOT_FAILED, False),
    ):
        op.create_index(name, "job", columns, unique=is_unique, sqlite_where=condition, postgresql_where=condition)
    op.execute(SCHEDULED)
    op.execute(REMOVALS)
    op.drop_index("ix_scheduled_message_due_at", table_name="scheduled_message")


def downgrade() -> None:
    op.create_index(
        "ix_scheduled_message_due_at",
        "scheduled_message",
        ["due_at"],
        sqlite_where=SCHEDULED_WAITS,
        postgresql_where=SCHEDULED_WAITS,
    )
    op.drop_table("job")
