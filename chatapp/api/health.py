"""For whoever watches the process: is it alive, can it work."""

from alembic.migration import MigrationContext
from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from chatapp.extensions import db
from chatapp.migrations import newest_revision

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    return jsonify(status="alive")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """503 while the database cannot be reached, or has not the tables of this version."""
    try:
        with db.engine.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        return jsonify(status="database not reachable"), 503
    if revision != newest_revision():
        return jsonify(status="database not migrated"), 503
    return jsonify(status="ready"), 200
