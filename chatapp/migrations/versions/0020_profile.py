"""What users show of themselves: a status text, a time zone and a picture."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import NOTHING, ZERO, Id

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("status_text", sa.String(100), server_default=NOTHING, nullable=False))
    op.add_column("user", sa.Column("time_zone", sa.String(64), server_default=NOTHING, nullable=False))
    op.add_column("user", sa.Column("picture", sa.String(32), server_default=NOTHING, nullable=False))
    op.add_column("user", sa.Column("profile_revision", Id, server_default=ZERO, nullable=False))
    op.create_table(
        "picture",
        sa.Column("user_id", Id, autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_picture_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_picture")),
    )
    op.create_index(op.f("ix_picture_hash"), "picture", ["hash"])


def downgrade() -> None:
    op.drop_table("picture")
    for column in ("profile_revision", "picture", "time_zone", "status_text"):
        op.drop_column("user", column)
