"""E-mail addresses that users set themselves, by a link that is sent there."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import NOTHING, Id, Instant

revision = "0025"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("mail_language", sa.String(16), server_default=NOTHING, nullable=False))
    op.create_table(
        "email_verification",
        sa.Column("user_id", Id, autoincrement=False, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_email_verification_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_email_verification")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_email_verification_secret_hash")),
    )


def downgrade() -> None:
    op.drop_table("email_verification")
    op.drop_column("user", "mail_language")
