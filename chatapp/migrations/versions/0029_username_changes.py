"""Former usernames, which stay reserved for whoever had them."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id, Instant

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "username_change",
        sa.Column("number", Id, autoincrement=False, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("new_username", sa.String(64), nullable=False),
        sa.Column("skeleton", sa.String(255), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_username_change_user_id_user")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_username_change")),
    )
    for column in ("username", "skeleton", "user_id"):
        op.create_index(f"ix_username_change_{column}", "username_change", [column])


def downgrade() -> None:
    op.drop_table("username_change")
