"""The device, the address and the last use of sessions, and the audit log."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import NOTHING, Id, Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SQLITE_TRIGGERS = [
    f"""CREATE TRIGGER audit_event_no_{operation.lower()} BEFORE {operation} ON audit_event
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"""
    for operation in ("UPDATE", "DELETE")
]
POSTGRESQL_TRIGGERS = [
    """CREATE FUNCTION audit_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE EXCEPTION 'the audit log is append-only'; END$$""",
    """CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_append_only()""",
]


def upgrade() -> None:
    op.add_column("session", sa.Column("method", sa.String(20), server_default=NOTHING, nullable=False))
    op.add_column("session", sa.Column("device", sa.String(250), server_default=NOTHING, nullable=False))
    op.add_column("session", sa.Column("address", sa.String(64), server_default=NOTHING, nullable=False))
    op.add_column("session", sa.Column("last_used_at", Instant(), nullable=True))
    op.create_table(
        "audit_event",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("actor_id", Id, nullable=True),
        sa.Column("actor", sa.String(64), server_default=NOTHING, nullable=False),
        sa.Column("target", sa.String(100), server_default=NOTHING, nullable=False),
        sa.Column("address", sa.String(64), server_default=NOTHING, nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_actor_id_id", "audit_event", ["actor_id", "id"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    op.drop_table("audit_event")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_event_is_append_only()")
    for column in ("last_used_at", "address", "device", "method"):
        op.drop_column("session", column)
