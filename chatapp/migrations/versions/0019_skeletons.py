"""What usernames and display names look like."""

import sqlalchemy as sa
from alembic import op

from chatapp.lookalikes import display_skeleton, skeleton
from chatapp.models.base import NOTHING, Id

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

USERS = sa.table(
    "user",
    sa.column("id", Id),
    sa.column("username", sa.String),
    sa.column("first_name", sa.String),
    sa.column("last_name", sa.String),
    sa.column("name_skeleton", sa.String),
    sa.column("display_skeleton", sa.String),
)


def upgrade() -> None:
    op.add_column("user", sa.Column("name_skeleton", sa.String(255), nullable=True))
    op.add_column("user", sa.Column("display_skeleton", sa.String(255), server_default=NOTHING, nullable=False))
    _compute_skeletons()
    op.create_index("uq_user_name_skeleton", "user", ["name_skeleton"], unique=True)
    op.create_index("ix_user_display_skeleton", "user", ["display_skeleton"])


def downgrade() -> None:
    op.drop_index("ix_user_display_skeleton", "user")
    op.drop_index("uq_user_name_skeleton", "user")
    op.drop_column("user", "display_skeleton")
    op.drop_column("user", "name_skeleton")


def _compute_skeletons() -> None:
    """Accounts stay as they are. Of those whose names look alike the oldest gets the skeleton."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(USERS).order_by(USERS.c.id)).all()
    taken: set[str] = set()
    values = []
    for row in rows:
        own = skeleton(row.username)
        shown = display_skeleton(f"{row.first_name} {row.last_name}")
        values.append({"key": row.id, "name": None if own in taken else own, "shown": shown})
        taken.add(own)
    if values:
        connection.execute(
            sa.update(USERS)
            .where(USERS.c.id == sa.bindparam("key"))
            .values(name_skeleton=sa.bindparam("name"), display_skeleton=sa.bindparam("shown")),
            values,
        )
