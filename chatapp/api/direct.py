"""Answers what is read most without a request of Flask's.

A client that comes back asks for its conversations and for a page of each; Flask's request and response around it would
cost as much as half of a page. What is answered, by which action, for whom and in which shape is the operation's, here
as there. Only what went well is answered here: about anything else Flask is asked, and says what is wrong.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from flask import Flask

from chatapp.api.cross_origin import hardening
from chatapp.api.operation import Operation

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_VARIABLE = re.compile(r"<(\w+)>")


class Direct:
    """A WSGI application (PEP 3333) around Flask's own."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._otherwise: Application = app.wsgi_app
        self._routes = list(_routes_of(app))
        self._headers = {
            scheme: [("Content-Type", "application/json"), *hardening(is_json=True, is_secure=scheme == "https")]
            for scheme in ("http", "https")
        }

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # What other sites may read of an answer is Flask-CORS's to say.
        if environ["REQUEST_METHOD"] == "GET" and "HTTP_ORIGIN" not in environ:
            for pattern, operation in self._routes:
                if found := pattern.fullmatch(environ["PATH_INFO"]):
                    return self._answer(operation, found.groupdict(), environ, start_response)
        return self._otherwise(environ, start_response)

    def _answer(
        self, operation: Operation, path: dict[str, str], environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        try:
            # Of text on the wire PEP 3333 has the bytes.
            names = {name: value.encode("latin-1").decode() for name, value in path.items()}
            with self._app.app_context():
                body = orjson.dumps(operation.run(environ, names))
        except Exception:
            return self._otherwise(environ, start_response)
        headers = self._headers[environ["wsgi.url_scheme"]]
        start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [body]


def _routes_of(app: Flask) -> Iterable[tuple[re.Pattern[str], Operation]]:
    for rule in app.url_map.iter_rules():
        operation: Operation | None = getattr(app.view_functions[rule.endpoint], "operation", None)
        if operation is not None and operation.is_direct:
            literals = _VARIABLE.split(rule.rule)
            parts = [f"(?P<{part}>[^/]+)" if number % 2 else re.escape(part) for number, part in enumerate(literals)]
            yield re.compile("".join(parts)), operation
