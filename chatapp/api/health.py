"""Health checks: liveness and readiness."""

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from chatapp.errors import RETRY_AFTER_SECONDS, Unavailable, failure_payload
from chatapp.extensions import db
from chatapp.migrations import current_revision, newest_revision

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    return jsonify(status="alive")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """Answers 503 while the database is unreachable or lacks the tables of this version."""
    try:
        with db.engine.connect() as connection:
            revision = current_revision(connection)
    except SQLAlchemyError:
        return _not_ready("database not reachable")
    if revision != newest_revision():
        return _not_ready("database not migrated")
    return jsonify(status="ready"), 200


def _not_ready(status: str) -> tuple[Response, int]:
    refusal = Unavailable(f"This server cannot work now: {status}.")
    answer = jsonify(status=status, **failure_payload(refusal))
    answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer, refusal.status
