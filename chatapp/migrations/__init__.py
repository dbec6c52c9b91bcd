"""Alembic's scripts, and the questions about them. Alembic is loaded only where there is something to migrate."""

import logging
from functools import cache
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy import Connection, inspect, text

from chatapp.config import BadSetting
from chatapp.database import MIGRATIONS
from chatapp.extensions import db

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)


SEARCH_INDEX = ("search_text", "search_replaced", "search_entry")
"""How the tables begin that only one of the databases has. There are no models of them."""


def has_model(_object: object, name: str | None, kind: str, _is_reflected: bool, _other: object) -> bool:
    """For Alembic's comparison with the models: whether a table should have one."""
    return kind != "table" or not (name or "").startswith(SEARCH_INDEX)


@cache
def revisions() -> tuple[str, ...]:
    """Every one there is, in order. A script is called by its revision, and they count up."""
    return tuple(sorted(script.name.partition("_")[0] for script in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def newest_revision() -> str:
    """The one that this version of the code works with."""
    return revisions()[-1]


def current_revision(connection: Connection) -> str | None:
    """The revision of a database; None for one that was never migrated, or all the way back."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def bring_up_to_date(app: Flask) -> None:
    """Runs the migrations that the database has not seen.

    Raises BadSetting for a database of a newer version, and for a SQLite file of another program.
    """
    with app.app_context():
        if _known_revision() != newest_revision():
            _upgrade()


def require_tables(app: Flask) -> None:
    """Makes the tables of a database that has none.

    Raises BadSetting for a database of another version.
    """
    with app.app_context():
        if not inspect(db.engine).get_table_names():
            _upgrade()
        if _known_revision() != newest_revision():
            raise BadSetting("The database is of an older version of chatapp. Run `chatapp db upgrade` first.")


def create_tables_if_new(app: Flask) -> None:
    """As `require_tables` for a process that starts beside others: a database of another version is the operator's to
    upgrade, and /readyz says 503 until then."""
    try:
        require_tables(app)
    except BadSetting as error:
        log.warning("%s", error)


def alembic_config() -> "Config":
    """What Alembic's commands take, within an application's context."""
    from alembic.config import Config

    return Config(str(MIGRATIONS / "alembic.ini"))


def _upgrade() -> None:
    from alembic import command

    command.upgrade(alembic_config(), "head")


def _known_revision() -> str | None:
    with db.engine.connect() as connection:
        revision = current_revision(connection)
        is_foreign = revision is None and db.engine.dialect.name == "sqlite" and _has_other_tables(connection)
    if is_foreign:
        raise BadSetting("CHATAPP_DATABASE_URL names a database of something else. It was not changed.")
    if revision is not None and revision not in revisions():
        raise BadSetting(
            f"CHATAPP_DATABASE_URL names a database of a newer version of chatapp, at revision {revision}."
        )
    return revision


def _has_other_tables(connection: Connection) -> bool:
    return bool(set(inspect(connection).get_table_names()) - {"alembic_version"})
