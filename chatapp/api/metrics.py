"""Metrics for Prometheus."""

import hmac
from importlib import import_module

from flask import Blueprint, Response, current_app, request

from chatapp.api.current import current_settings
from chatapp.config import Settings
from chatapp.errors import Forbidden, NotFound

EXPOSITION = "chatapp.metrics.exposition"

blueprint = Blueprint("metrics", __name__)


def init_app(settings: Settings) -> None:
    """Imports the library where it is needed: the first scrape would hold everybody up for a tenth of a second."""
    if settings.metrics_token:
        import_module(EXPOSITION)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answers 404 unless there is a token, and 403 without it. Not by the address of the caller: behind a proxy on this
    machine everybody's is that of the machine itself."""
    token = current_settings().metrics_token
    if not token:
        raise NotFound("There are no metrics without CHATAPP_METRICS_TOKEN.")
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise Forbidden("Send the token of CHATAPP_METRICS_TOKEN as `Authorization: Bearer`.")
    from chatapp.metrics.exposition import CONTENT_TYPE, render

    body = render(current_app.extensions["chatapp.metrics"])
    return Response(body, headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})
