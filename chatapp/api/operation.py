"""Declares what a view takes, needs and gives: the decorator that views read by, and that OpenAPI is made from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from chatapp.api.authentication import require_caller
from chatapp.errors import ChatError, MalformedRequest, NotFound
from chatapp.payloads import parse

View = Callable[..., ResponseReturnValue]


@dataclass(frozen=True, slots=True)
class Operation:
    """One documented operation. `gives` is the TypedDict (or `list` of one) of its 200 body."""

    summary: str
    gives: Any
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    needs_session: bool
    errors: tuple[type[ChatError], ...]


def operation(
    summary: str,
    *,
    gives: Any,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    needs_session: bool = True,
    errors: tuple[type[ChatError], ...] = (),
) -> Callable[[View], View]:
    """Passes the caller (if a session is needed), then `body` and `query` as typed models, to the view.

    The session is looked at first: who is not signed in learns nothing of what is valid.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def wrapper(**path: Any) -> ResponseReturnValue:
            arguments: dict[str, Any] = dict(path)
            if needs_session:
                arguments["caller"] = require_caller()
            if any("\0" in value for value in path.values()):
                # PostgreSQL's text cannot hold one, so that asking it would be a fault and not an answer.
                raise NotFound("There is nothing of this name.")
            if body is not None:
                arguments["body"] = parse(body, json_body())
            if query is not None:
                arguments["query"] = parse(query, request.args.to_dict())
            answer = view(**arguments)
            return jsonify(answer) if isinstance(answer, dict | list) else answer

        wrapper.operation = Operation(summary, gives, body, query, needs_session, errors)  # type: ignore[attr-defined]
        return wrapper

    return declare


def json_body() -> Any:
    """The request's JSON. A form or plain text is refused: other sites can send those without asking first."""
    try:
        return request.get_json()
    except (BadRequest, UnsupportedMediaType) as error:
        raise MalformedRequest("Expected a JSON body with Content-Type: application/json.") from error
