"""Answers every error of the HTTP side in one shape."""

import logging

from flask import Flask, Response, jsonify
from flask_limiter import RateLimitExceeded
from werkzeug.exceptions import HTTPException

from chatapp.errors import ChatError, TooManyAttempts, failure_payload
from chatapp.journal.database_errors import is_outage, to_chat_error
from chatapp.logs.current_request import note_refusal
from chatapp.metrics.counters import counters

log = logging.getLogger(__name__)

CODES = {400: "malformed", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "malformed"}
"""Codes of errors that the framework raises before any view runs."""


def init_app(app: Flask) -> None:
    app.register_error_handler(ChatError, _refused)
    app.register_error_handler(RateLimitExceeded, _too_many)
    app.register_error_handler(HTTPException, _from_framework)
    app.register_error_handler(Exception, _fault)


def _refused(error: ChatError) -> tuple[Response, int]:
    counters.refusals["http", error.code] += 1
    note_refusal(error.code)
    response = jsonify(failure_payload(error))
    if "retryAfter" in error.details:
        response.headers["Retry-After"] = str(error.details["retryAfter"])
    return response, error.status


def _too_many(_error: RateLimitExceeded) -> tuple[Response, int]:
    return _refused(TooManyAttempts("Too many attempts. Please wait a minute and try again."))


def _from_framework(error: HTTPException) -> tuple[Response, int]:
    refusal = ChatError(error.description or error.name)
    refusal.status = error.code or 500
    refusal.code = CODES.get(refusal.status, "malformed" if refusal.status < 500 else "internal_error")
    response, status = _refused(refusal)
    # Such as Allow, which a 405 must carry (RFC 9110 section 15.5.6).
    response.headers.extend([header for header in error.get_headers() if header[0] != "Content-Type"])
    return response, status


def _fault(error: Exception) -> tuple[Response, int]:
    log.error("An HTTP request failed: %s", error, exc_info=None if is_outage(error) else error)
    return _refused(to_chat_error(error))
