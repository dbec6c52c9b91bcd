"""The decorator that declares a view's parameters, authentication and response. OpenAPI is generated from it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, get_type_hints
from urllib.parse import parse_qsl

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from chatapp.actions.system_permissions import require
from chatapp.api.authentication import refuse_foreign_page, require_caller
from chatapp.errors import ChatError, Forbidden, MalformedRequest, NotFound
from chatapp.payloads import parse

View = Callable[..., Any]

FAILURE = "chatapp.failure"
"""The environ's key for the exception that an operation raised when it ran without Flask."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One documented operation. `gives` is the TypedDict (or `list` of one) of its body, a media type, or None for no
    body; `status` is that of its success. `takes` are the media types of a body that is no JSON. `permission` is of
    `system_permissions.py`."""

    summary: str
    gives: Any
    body: type[BaseModel] | None
    takes: tuple[str, ...]
    query: type[BaseModel] | None
    needs_session: bool
    permission: str | None
    errors: tuple[type[ChatError], ...]
    view: View
    status: int = 200

    @property
    def needs_flask(self) -> bool:
        """Whether the view makes its own response, or takes a body, which only Flask's request has."""
        returns = get_type_hints(self.view).get("return")
        return not self.needs_session or self.body is not None or returns is Response

    def run(self, environ: dict[str, Any], path: dict[str, str]) -> Any:
        """Returns what the view returns for a request. Authenticates first, so that only signed-in callers learn which
        parameters are valid."""
        arguments: dict[str, Any] = dict(path)
        refuse_foreign_page(environ)
        if self.needs_session:
            arguments["caller"] = caller = require_caller(environ)
            if self.permission is not None:
                require(caller.role, self.permission)
        if any("\0" in value for value in path.values()):
            # PostgreSQL's text cannot hold NUL, so a query with one would fail.
            raise NotFound("There is nothing of this name.")
        if self.body is not None:
            arguments["body"] = parse(self.body, json_body())
        if self.takes and request.mimetype not in self.takes:
            raise MalformedRequest("Expected a body with a Content-Type of " + " or ".join(self.takes) + ".")
        if self.query is not None:
            arguments["query"] = parse(self.query, _query_of(environ))
        return self.view(**arguments)


def operation(
    summary: str,
    *,
    gives: Any,
    body: type[BaseModel] | None = None,
    takes: tuple[str, ...] = (),
    query: type[BaseModel] | None = None,
    needs_session: bool = True,
    permission: str | None = None,
    errors: tuple[type[ChatError], ...] = (),
    status: int = 200,
) -> Callable[[View], View]:
    """Passes the caller (if a session is needed), then `body` and `query` as typed models, to the view. With a
    permission only callers whose role has it get there."""

    def declare(view: View) -> View:
        refusals = errors if permission is None or Forbidden in errors else (*errors, Forbidden)
        declared = Operation(summary, gives, body, takes, query, needs_session, permission, refusals, view, status)

        @wraps(view)
        def wrapper(**path: Any) -> ResponseReturnValue:
            failure: Exception | None = request.environ.pop(FAILURE, None)
            if failure is not None:
                raise failure
            answer = declared.run(request.environ, path)
            return jsonify(answer) if isinstance(answer, dict | list) else answer

        wrapper.operation = declared  # type: ignore[attr-defined]
        return wrapper

    return declare


def json_body() -> Any:
    """The request's JSON. A form or plain text is refused, because other sites can send those without a preflight."""
    try:
        return request.get_json()
    except (BadRequest, UnsupportedMediaType) as error:
        raise MalformedRequest("Expected a JSON body with Content-Type: application/json.") from error


def _query_of(environ: dict[str, Any]) -> dict[str, str]:
    """The first value of each parameter in the query string."""
    text = environ.get("QUERY_STRING", "").encode("latin-1").decode(errors="replace")
    pairs = parse_qsl(text, keep_blank_values=True)
    return dict(reversed(pairs))
