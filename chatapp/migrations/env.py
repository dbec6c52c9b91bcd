"""How Alembic reaches the database: through the running application, one version at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import has_app_context
from sqlalchemy import Connection, text

from chatapp import create_app, models  # noqa: F401 so that the metadata knows every table
from chatapp.extensions import db
from chatapp.migrations import has_model
from chatapp.models.base import Base

ADVISORY_LOCK = 708_708
"""PostgreSQL's advisory lock under which migrations run: several processes may start at once."""


def run() -> None:
    with db.engine.connect() as connection, _exclusive(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            include_object=has_model,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


@contextmanager
def _exclusive(connection: Connection) -> Iterator[None]:
    """Begins the transaction of the migrations. No other process migrates until it ends.

    The lock belongs to the transaction: one of the connection itself would stay with it in the pool.
    """
    if connection.dialect.name == "postgresql":
        from chatapp.postgresql import without_limits

        with without_limits(connection):
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            yield
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield


if has_app_context():
    run()
else:  # the command `alembic`
    with create_app().app_context():
        run()
