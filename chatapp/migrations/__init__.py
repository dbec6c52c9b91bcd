"""Alembic's scripts, and the questions about them."""

from functools import cache

from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import inspect

from chatapp.database import MIGRATIONS
from chatapp.extensions import db


@cache
def newest_revision() -> str | None:
    """The revision that this version of the code works with."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def bring_up_to_date(app: Flask) -> None:
    """Runs the migrations that the database has not seen."""
    with app.app_context():
        upgrade()


def create_tables_if_new(app: Flask) -> None:
    """Makes the tables of a database that has none. One with tables is left to `chatapp db upgrade`."""
    with app.app_context():
        if not inspect(db.engine).get_table_names():
            upgrade()
