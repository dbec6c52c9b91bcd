"""Messages lie in the order of their key, and those without a client id are in no index for it."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id, Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COLUMNS = "conversation_id, sequence, sender_id, content, client_id, created_at"
HAS_CLIENT_ID = sa.text("client_id IS NOT NULL")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _copy_into(
            sa.PrimaryKeyConstraint("conversation_id", "sequence", name=op.f("pk_message")), sqlite_with_rowid=False
        )
    else:
        op.drop_constraint(op.f("uq_message_sender_id_client_id"), "message")
        op.drop_constraint(op.f("uq_message_conversation_id_sequence"), "message")
        op.drop_constraint(op.f("pk_message"), "message")
        op.drop_column("message", "id")
        op.create_primary_key(op.f("pk_message"), "message", ["conversation_id", "sequence"])
    op.create_index(
        "uq_message_sender_id_client_id",
        "message",
        ["sender_id", "client_id"],
        unique=True,
        sqlite_where=HAS_CLIENT_ID,
        postgresql_where=HAS_CLIENT_ID,
    )


def downgrade() -> None:
    op.drop_index("uq_message_sender_id_client_id", "message")
    uniques = {
        "uq_message_conversation_id_sequence": ["conversation_id", "sequence"],
        "uq_message_sender_id_client_id": ["sender_id", "client_id"],
    }
    if op.get_bind().dialect.name == "sqlite":
        _copy_into(
            sa.Column("id", Id, nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
            *(sa.UniqueConstraint(*columns, name=op.f(name)) for name, columns in uniques.items()),
        )
    else:
        op.drop_constraint(op.f("pk_message"), "message")
        op.execute("ALTER TABLE message ADD COLUMN id BIGSERIAL CONSTRAINT pk_message PRIMARY KEY")
        for name, columns in uniques.items():
            op.create_unique_constraint(op.f(name), "message", columns)


def _copy_into(*parts: sa.schema.SchemaItem, **options: bool) -> None:
    """SQLite cannot change a table's key: a new table takes the old one's rows and its name."""
    op.create_table(
        "new_message",
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("sequence", Id, nullable=False),
        sa.Column("sender_id", Id, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_message_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["user.id"], name=op.f("fk_message_sender_id_user")),
        *parts,
        **options,
    )
    op.execute(
        f"INSERT INTO new_message ({COLUMNS}) SELECT {COLUMNS} FROM message ORDER BY conversation_id, sequence"  # noqa: S608
    )
    op.drop_table("message")
    op.rename_table("new_message", "message")
