"""Previews of links, which messages show them, and who wants to see none."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id, Instant

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "link_picture",
        sa.Column("hash", sa.String(32), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_link_picture")),
    )
    op.create_table(
        "link_preview",
        sa.Column("id", Id, nullable=False),
        sa.Column("url_hash", sa.String(64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("site_name", sa.Text(), nullable=False),
        sa.Column("picture", sa.String(32), nullable=True),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["picture"], ["link_picture.hash"], name=op.f("fk_link_preview_picture_link_picture")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_preview")),
    )
    for column in ("url_hash", "picture", "expires_at"):
        op.create_index(op.f(f"ix_link_preview_{column}"), "link_preview", [column])
    op.create_table(
        "message_preview",
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("sequence", Id, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("preview_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_message_preview_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(
            ["preview_id"], ["link_preview.id"], name=op.f("fk_message_preview_preview_id_link_preview")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "sequence", "position", name=op.f("pk_message_preview")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_message_preview_preview_id"), "message_preview", ["preview_id"])
    op.add_column("message", sa.Column("previews", sa.Integer(), nullable=True))
    op.add_column("user_settings", sa.Column("shows_previews", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    op.drop_column("user_settings", "shows_previews")
    op.drop_column("message", "previews")
    op.drop_table("message_preview")
    op.drop_table("link_preview")
    op.drop_table("link_picture")
