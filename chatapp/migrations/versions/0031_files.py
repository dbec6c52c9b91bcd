"""Files: stored bytes, uploads, and the files of messages."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

IS_RELEASED = sa.text("released_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "blob",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("size", Id, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("content_type", sa.String(100), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("placeholder", sa.String(40), nullable=True),
        sa.Column("previews", sa.String(60), server_default=sa.text("''"), nullable=False),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.Column("is_deleting", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_blob")),
    )
    op.create_index(
        "ix_blob_released_at", "blob", ["released_at"], sqlite_where=IS_RELEASED, postgresql_where=IS_RELEASED
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("size", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("blob_hash", sa.String(64), nullable=True),
        sa.Column("is_ready", sa.Boolean(), nullable=False),
        sa.Column("refusal", sa.String(40), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_upload_user_id_user")),
        sa.ForeignKeyConstraint(["blob_hash"], ["blob.hash"], name=op.f("fk_upload_blob_hash_blob")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index("ix_upload_user_id", "upload", ["user_id"])
    op.create_index("ix_upload_expires_at", "upload", ["expires_at"])
    op.create_index("ix_upload_blob_hash", "upload", ["blob_hash"])
    op.create_table(
        "message_file",
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("sequence", Id, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("blob_hash", sa.String(64), nullable=False),
        sa.Column("sender_id", Id, nullable=False),
        sa.Column("size", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("alt", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("milliseconds", Id, nullable=True),
        sa.Column("waveform", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("is_voice", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_message_file_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["blob_hash"], ["blob.hash"], name=op.f("fk_message_file_blob_hash_blob")),
        sa.ForeignKeyConstraint(["sender_id"], ["user.id"], name=op.f("fk_message_file_sender_id_user")),
        sa.PrimaryKeyConstraint("conversation_id", "sequence", "position", name=op.f("pk_message_file")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_message_file_blob_hash", "message_file", ["blob_hash"])
    op.create_index("ix_message_file_sender_id_size", "message_file", ["sender_id", "size"])


def downgrade() -> None:
    op.drop_table("message_file")
    op.drop_table("upload")
    op.drop_table("blob")
