"""Gives each HTTP request an id, counts it, and logs it."""

import logging
import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, request

from chatapp.clock import monotonic
from chatapp.logs.current_request import CurrentRequest, current, note_route
from chatapp.logs.events import event
from chatapp.metrics.counters import counters

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

log = logging.getLogger(__name__)

REQUEST_ID = "X-Request-ID"
ID_BYTES = 8
WELL_FORMED = re.compile(r"[A-Za-z0-9._=-]{8,64}")
"""An id of a proxy, which goes into the log and into a header of the answer."""

UNMATCHED = "unmatched"
"""The route of a request that no route takes. Its path is anybody's text."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OTHER_METHOD = "other"
"""Counted for a method that is none of these: each makes a metric of its own."""


class RequestLog:
    """A WSGI application (PEP 3333) that wraps the whole HTTP side. `trusts_id`: a proxy in front may give ids.

    A request takes until its answer begins. What is sent as it is made, such as a large file, goes on after that.
    """

    def __init__(self, application: Application, *, trusts_id: bool) -> None:
        self.application = application
        self._trusts_id = trusts_id

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = monotonic()
        found = CurrentRequest(self._id_of(environ), UNMATCHED)
        statuses = ["500"]

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            statuses.append(status[:3])
            return start_response(status, [*headers, (REQUEST_ID, found.id)], *rest)

        current.set(found)
        try:
            return self.application(environ, start)
        finally:
            _ended(environ["REQUEST_METHOD"], found, statuses[-1], monotonic() - began)
            current.set(None)

    def _id_of(self, environ: dict[str, Any]) -> str:
        given = environ.get("HTTP_X_REQUEST_ID", "") if self._trusts_id else ""
        return given if WELL_FORMED.fullmatch(given) else secrets.token_hex(ID_BYTES)


def init_app(app: Flask) -> None:
    """Has Flask note the routes of the requests that it answers."""
    app.before_request(_note_route)


def _note_route() -> None:
    if request.url_rule is not None:
        note_route(request.url_rule.rule)


def _ended(method: str, found: CurrentRequest, status: str, seconds: float) -> None:
    known = method if method in METHODS else OTHER_METHOD
    counters.requests[known, found.route, status] += 1
    counters.request_seconds.observe(seconds)
    if log.isEnabledFor(logging.INFO):
        fields: dict[str, Any] = {
            "method": known,
            "route": found.route,
            "status": int(status),
            "milliseconds": round(seconds * 1_000, 1),
        }
        if found.code:
            fields["code"] = found.code
        log.info("%s %s %s", known, found.route, status, extra=event("request", **fields))
